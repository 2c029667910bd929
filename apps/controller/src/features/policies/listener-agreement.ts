import type { Settings } from '@phalanx/contracts';
import { canonicalJson } from '@phalanx/kit';
import type { PolicyApplication } from './application-directory.js';
import { clientAddressConflict } from './policies.errors.js';

/**
 * Applications of one cluster on one port share a listener, which learns the client's address before it knows which of them is meant: throws
 * `conflict` when their settings for it differ.
 */
export function assertListenersAgree(applications: readonly PolicyApplication[], settingsOf: (applicationId: string) => Settings): void {
  const listeners = Map.groupBy(applications, ({ clusterId, listenPort }) => `${clusterId} ${listenPort}`);
  for (const [first, ...others] of listeners.values()) {
    const wanted = canonicalJson(settingsOf(first!.id).clientAddress);
    const other = others.find(({ id }) => canonicalJson(settingsOf(id).clientAddress) !== wanted);
    if (other) throw clientAddressConflict(first!.listenPort, [first!.name, other.name]);
  }
}
