import { bypassRefusal, type Settings } from '@phalanx/contracts';
import type { PolicyApplication } from './application-directory.js';
import { bypassImpossible } from './policies.errors.js';

/** Throws `conflict` naming the first application that shall be bypassed when its engine dies, and can't be. */
export function assertBypassPossible(applications: readonly PolicyApplication[], settingsOf: (applicationId: string) => Settings): void {
  for (const own of Map.groupBy(applications, ({ clusterId }) => clusterId).values()) {
    const subjects = own.map(({ id, name, listenPort, upstream }) => ({ id, name, listenPort, upstream, settings: settingsOf(id) }));
    for (const subject of subjects) {
      if (subject.settings.availability.onEngineFailure !== 'fail-open') continue;
      const reason = bypassRefusal(subject, subjects);
      if (reason) throw bypassImpossible(subject.name, reason);
    }
  }
}
