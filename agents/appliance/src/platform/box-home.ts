import { join } from 'node:path';

/**
 * Where a box keeps what it must not lose. One folder, mode 0700:
 * - `identity/`  key, certificate, grant (features/enrolment)
 * - `state/`     journal, committed desired state, counters (features/reconcile)
 * - `content/`   verified blobs by digest, partial downloads (features/content)
 * - `tuf/`       trusted metadata by repository (features/content)
 * - `engine/`    the engine's home, see `engine-control` in the contracts
 * - `network/` what the packet engine made and told (features/network)
 * - `guard/`     what the guard is to do, and how it stands (features/availability)
 * - `spool/`     the agent's own event segments, and the guard's (features/events)
 */
export class BoxHome {
  readonly identity: string;
  readonly state: string;
  readonly content: string;
  readonly tuf: string;
  readonly engine: string;
  readonly spool: string;
  readonly ha: string;
  readonly guard: string;

  constructor(readonly root: string) {
    this.identity = join(root, 'identity');
    this.state = join(root, 'state');
    this.content = join(root, 'content');
    this.tuf = join(root, 'tuf');
    this.engine = join(root, 'engine');
    this.spool = join(root, 'spool');
    this.ha = join(root, 'ha');
    this.guard = join(root, 'guard');
  }
}
