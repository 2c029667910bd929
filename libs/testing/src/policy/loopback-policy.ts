import { randomUUID } from 'node:crypto';
import type { ApplicationPolicy, AppliancePolicy, Settings } from '@phalanx/contracts';
import { digestOf } from '@phalanx/kit';

/** An application for every host, whose origin is a port of the loopback address. */
export function loopbackApplication(listenPort: number, originPort: number, settings: Settings): ApplicationPolicy {
  return {
    id: randomUUID(),
    name: `port-${listenPort}`,
    hosts: ['*'],
    listenPort,
    upstream: {
      protocol: 'http',
      targets: [{ host: '127.0.0.1', port: originPort, weight: 1 }],
      balance: 'round-robin',
      verify: true,
      caPem: null,
      serverName: null,
    },
    settings,
    settingsDigest: digestOf(settings),
  };
}

/** A policy of these applications on the loopback address. */
export function loopbackPolicy(
  applications: readonly ApplicationPolicy[],
  events: Partial<AppliancePolicy['events']> = {},
): AppliancePolicy {
  return {
    version: 1,
    applianceId: randomUUID(),
    tenantId: randomUUID(),
    listenAddresses: ['127.0.0.1'],
    applications: [...applications],
    events: { foldAbovePerSecond: 1_000, spoolLimitBytes: 16_777_216, ...events },
  };
}
