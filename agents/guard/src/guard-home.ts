import { join } from 'node:path';

/** The part of a box's home that the guard reads and writes. */
export class GuardHome {
  /** Written by the agent (`GuardPlan`). */
  readonly plan: string;
  /** Written by the guard (`GuardState`). */
  readonly state: string;
  /** The guard's own notes on what it changed on the box. */
  readonly notes: string;
  readonly folder: string;
  readonly controlSocket: string;
  readonly secrets: string;
  /** How this member of a pair stands, written by the pair's keeper (`HaStatus`). */
  readonly haState: string;
  /** Event segments of agent and guard, shipped by the agent. */
  readonly spool: string;

  constructor(readonly root: string) {
    this.folder = join(root, 'guard');
    this.plan = join(this.folder, 'plan.json');
    this.state = join(this.folder, 'state.json');
    this.notes = join(this.folder, 'notes.json');
    this.controlSocket = join(root, 'engine', 'control.sock');
    this.secrets = join(root, 'engine', 'secrets');
    this.haState = join(root, 'ha', 'state.json');
    this.spool = join(root, 'spool');
  }
}
