import { DEFAULT_SETTINGS, type AppliancePolicy, type Settings } from '@phalanx/contracts';
import { digestOf } from '@phalanx/kit';
import type { Endpoint } from '../primary/listening-sockets.js';
import type { StandaloneOptions } from './standalone-options.js';

/** The one application of an engine that runs alone. */
export const APPLICATION_ID = 'standalone';

/** The command line as a policy of one application, whose rules say the rest. */
export function standalonePolicy({ upstream, mode }: StandaloneOptions, { address, port }: Endpoint): AppliancePolicy {
  const settings: Settings = { ...DEFAULT_SETTINGS, level: mode };
  return {
    version: 1,
    applianceId: APPLICATION_ID,
    tenantId: APPLICATION_ID,
    listenAddresses: [address],
    applications: [
      {
        id: APPLICATION_ID,
        name: APPLICATION_ID,
        hosts: ['*'],
        listenPort: port,
        upstream: {
          protocol: upstream.protocol,
          targets: [{ host: upstream.host, port: upstream.port, weight: 1 }],
          balance: 'round-robin',
          verify: true,
          caPem: null,
          serverName: null,
        },
        settings,
        settingsDigest: digestOf(settings),
      },
    ],
    events: { foldAbovePerSecond: 1, spoolLimitBytes: 0 },
  };
}
