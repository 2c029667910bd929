import type { ApplianceHa } from '@phalanx/contracts';

const id = (digit: string) => `0000000${digit}-0000-4000-8000-00000000000${digit}`;

/** The first member's document of a pair; settings beside those given are those of a plain pair. */
export function sampleHa(change: Partial<ApplianceHa> = {}, settings: Partial<ApplianceHa['settings']> = {}): ApplianceHa {
  return {
    version: 1,
    applianceId: id('1'),
    tenantId: id('2'),
    clusterId: id('3'),
    settings: {
      vrid: 51,
      virtualAddresses: [{ address: '10.9.0.100/24', interface: 'eth0' }],
      advertMs: 1_000,
      transport: 'unicast',
      preempt: false,
      track: { intervalMs: 1_000, fall: 2, rise: 2 },
      syncPort: 3_780,
      ...settings,
    },
    interface: 'eth0',
    address: '10.9.0.1',
    priority: 150,
    peer: { applianceId: id('4'), address: '10.9.0.2', priority: 100 },
    order: 'normal',
    commandId: null,
    ...change,
  };
}
