import { AppError } from '@phalanx/kit';
import type { ApplicationEntity } from './application.entity.js';

type Claim = Pick<ApplicationEntity, 'id' | 'name' | 'hosts' | 'listenPort'>;

/** A host on a port leads to one application of a cluster: throws `conflict` naming the other that has it. */
export function assertHostsFree(claim: Claim, neighbours: readonly Claim[]): void {
  for (const other of neighbours) {
    if (other.id === claim.id || other.listenPort !== claim.listenPort) continue;
    const host = claim.hosts.find((name) => other.hosts.includes(name));
    if (host !== undefined)
      throw new AppError('conflict', 'applications.host-taken', `“${other.name}” already answers for ${host} on port ${claim.listenPort}`, {
        details: { host, listenPort: claim.listenPort, application: other.name },
      });
  }
}
