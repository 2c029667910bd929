import { join } from 'node:path';

/** Files of a box's part in its pair, all under `<home>/ha`, so that several boxes on one machine can't meet. */
export class HaHome {
  /** What the agent wants (`keeper-plan.ts`). */
  readonly plan: string;
  /** Who the keeper is and what came of the plan (`keeper-report.ts`). */
  readonly report: string;
  /** `HaStatus`, for the agent and the guard. */
  readonly state: string;
  /** The last `yield` that was carried out: a restart must not do it again. */
  readonly yielded: string;
  /** When the agent removed addresses that a dead keeper and daemon had left (`EventInstant`). */
  readonly orphaned: string;
  /** Written by the keeper once a second. */
  readonly beat: string;
  readonly keeperLog: string;
  readonly keepalivedConfig: string;
  readonly keepalivedLog: string;
  readonly fifo: string;
  /** 1 while the daemon must take no part, else 0. */
  readonly track: string;
  readonly parentPid: string;
  readonly childPid: string;
  /** Where the daemon puts its state dump. */
  readonly dumpFolder: string;
  readonly conntrackdConfig: string;
  readonly conntrackdPid: string;
  readonly conntrackdLog: string;

  constructor(readonly root: string) {
    this.plan = join(root, 'plan.json');
    this.report = join(root, 'keeper.json');
    this.state = join(root, 'state.json');
    this.yielded = join(root, 'yielded');
    this.orphaned = join(root, 'orphaned.json');
    this.beat = join(root, 'keeper.beat');
    this.keeperLog = join(root, 'keeper.log');
    this.keepalivedConfig = join(root, 'keepalived.conf');
    this.keepalivedLog = join(root, 'keepalived.log');
    this.fifo = join(root, 'notify.fifo');
    this.track = join(root, 'engine.track');
    this.parentPid = join(root, 'keepalived.pid');
    this.childPid = join(root, 'vrrp.pid');
    this.dumpFolder = join(root, 'dump');
    this.conntrackdConfig = join(root, 'conntrackd.conf');
    this.conntrackdPid = join(root, 'conntrackd.pid');
    this.conntrackdLog = join(root, 'conntrackd.log');
  }
}
