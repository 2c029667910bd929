import { join } from 'node:path';
import { nodeDisk } from '@phalanx/kit';

/** The folders and files of an engine's home; see `engine-control` of the contracts for who writes what. */
export class EngineHome {
  readonly spool: string;
  readonly secrets: string;
  readonly compiled: string;
  /** Loss counters, one per writer: the engine's own. */
  readonly counters: string;
  /** Refusals of this second, by worker. */
  readonly rate: string;
  /** Journal of the persistent collections. */
  readonly collections: string;
  readonly controlSocket: string;

  constructor(readonly root: string) {
    this.spool = join(root, 'spool');
    this.secrets = join(root, 'secrets');
    this.compiled = join(root, 'compiled');
    this.counters = join(root, 'counters');
    this.rate = join(this.counters, 'rate');
    this.collections = join(root, 'collections');
    this.controlSocket = join(root, 'control.sock');
  }

  makeFolders(): void {
    for (const folder of [this.root, this.spool, this.secrets, this.compiled, this.counters]) nodeDisk.makeFolder(folder);
  }

  folder(name: 'staged' | 'active'): string {
    return join(this.root, name);
  }
}
