import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type AppliancePolicy, type ApplicationPolicy, DEFAULT_SETTINGS, guardPlanSchema, type Settings } from '@phalanx/contracts';
import { loopbackApplication, loopbackPolicy } from '@phalanx/testing';
import { planOf, takeOverMs } from './guard-plan.js';

const OPEN: Settings = { ...DEFAULT_SETTINGS, availability: { onEngineFailure: 'fail-open', bypassGraceMs: 700 } };

function application(port: number, host: string, settings: Settings = OPEN): ApplicationPolicy {
  const made = loopbackApplication(port, 8080, settings);
  return { ...made, upstream: { ...made.upstream, targets: [{ host, port: 8080, weight: 1 }] } };
}

function policyOf(applications: readonly ApplicationPolicy[], listenAddresses = ['192.0.2.1']): AppliancePolicy {
  return { ...loopbackPolicy(applications), listenAddresses };
}

const single = { ha: null, hasPacketEngine: false };

describe('the guard’s plan', () => {
  it('has an application that alone owns its port go to its origin where the policy says so, and all others fail closed', () => {
    const plan = planOf({ ...single, policy: policyOf([application(80, '10.0.0.1'), application(81, '10.0.0.2', DEFAULT_SETTINGS)]) });
    expect(guardPlanSchema.parse(plan)).toEqual(plan);
    expect(plan.listeners.map(({ port, action, graceMs }) => ({ port, action, graceMs }))).toEqual([
      { port: 80, action: { kind: 'fail-open', origins: [{ address: '10.0.0.1', port: 8080 }] }, graceMs: 700 },
      { port: 81, action: { kind: 'fail-closed' }, graceMs: 1000 },
    ]);
    expect(plan).toMatchObject({ hasPeer: false, peerMs: 0 });
  });

  it('fails closed where a bypass is not possible', () => {
    const tls: Settings = { ...OPEN, tls: { certificateId: randomUUID(), minVersion: 'TLSv1.2' } };
    const refused = [
      [application(80, '10.0.0.1'), application(80, '10.0.0.2')],
      [application(80, 'origin.example')],
      [application(80, '127.0.0.1')],
      [application(443, '10.0.0.1', tls)],
      [application(80, 'fd00::1')],
    ];
    for (const applications of refused) {
      const { listeners } = planOf({ ...single, policy: policyOf(applications) });
      expect(listeners.map(({ action }) => action.kind)).toEqual(['fail-closed']);
    }
  });

  it('gives each family the origins of its own', () => {
    const both = application(80, '10.0.0.1');
    both.upstream.targets.push({ host: 'fd00::1', port: 8080, weight: 1 });
    const { listeners } = planOf({ ...single, policy: policyOf([both], ['192.0.2.1', '2001:db8::1']) });
    expect(listeners.map(({ action }) => (action.kind === 'fail-open' ? action.origins.map(({ address }) => address) : []))).toEqual([
      ['10.0.0.1'],
      ['fd00::1'],
    ]);
  });

  it('gives the peer of a pair longer than a take-over takes', () => {
    const ha = {
      settings: {
        vrid: 7,
        virtualAddresses: [{ address: '192.0.2.1/24', interface: 'eth0' }],
        advertMs: 100,
        transport: 'unicast' as const,
        preempt: false,
        track: { intervalMs: 200, fall: 2, rise: 2 },
        syncPort: null,
      },
      priority: 150,
      peer: { applianceId: randomUUID(), address: '192.0.2.3', priority: 100 },
    };
    expect(takeOverMs(ha)).toBe(600 + 300 + 61);
    const plan = planOf({ policy: policyOf([application(80, '10.0.0.1')]), ha, hasPacketEngine: true });
    expect(plan).toMatchObject({ hasPeer: true, peerMs: 1961, hasPacketEngine: true });
  });
});
