import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { TlsSecret } from '@phalanx/contracts';
import { loopbackApplication, loopbackPolicy } from '@phalanx/testing';
import { settingsWith } from '../testing/engine-process.js';
import { planPorts } from './port-plan.js';

const KEYS = Buffer.alloc(48);
const NO_SECRETS = new Map<string, TlsSecret>();
const plain = settingsWith({});

describe('planPorts', () => {
  it('gives each port its applications, one listener per address, and the widest limits', () => {
    const narrow = settingsWith({ limits: { urlBytes: 300, headersTimeoutMs: 500 } });
    const policy = loopbackPolicy([
      { ...loopbackApplication(8001, 9000, narrow), hosts: ['a.example'] },
      { ...loopbackApplication(8001, 9000, plain), hosts: ['*', 'b.example'] },
      loopbackApplication(8002, 9000, plain),
    ]);
    const plans = planPorts({ ...policy, listenAddresses: ['127.0.0.1', '::1'] }, NO_SECRETS, KEYS);
    expect(plans.map(({ port, listeners, applications }) => [port, listeners.length, applications.length])).toEqual([
      [8001, 2, 2],
      [8002, 2, 1],
    ]);
    expect(plans[0]?.limits).toMatchObject({ urlBytes: plain.limits.urlBytes, headersTimeoutMs: plain.limits.headersTimeoutMs });
    expect(plans[0]?.applications.map(({ hosts, isDefault }) => ({ hosts, isDefault }))).toEqual([
      { hosts: ['a.example'], isDefault: false },
      { hosts: ['b.example'], isDefault: true },
    ]);
  });

  it('only lets prevention refuse a body for its length', () => {
    const limits = { overBodyLimit: 'reject' as const };
    const levels = ['learning', 'detection', 'prevention'] as const;
    const policy = loopbackPolicy(levels.map((level, i) => loopbackApplication(8001 + i, 9000, settingsWith({ level, limits }))));
    expect(planPorts(policy, NO_SECRETS, KEYS).map(({ applications }) => applications[0]?.limits?.requestOverLimit)).toEqual([
      'pass-unexamined',
      'pass-unexamined',
      'reject',
    ]);
  });

  it('refuses applications of a port that contradict each other, by name', () => {
    const named = (name: string, settings: typeof plain) => ({
      ...loopbackApplication(8001, 9000, settings),
      name,
      hosts: [`${name}.example`],
    });
    const headers = settingsWith({ clientAddress: { source: 'forwarded-header', trustedNetworks: ['10.0.0.0/8'] } });
    expect(() => planPorts(loopbackPolicy([named('a', plain), named('b', headers)]), NO_SECRETS, KEYS)).toThrow(
      'applications a and b share port 8001 but differ in the client address policy',
    );
    const secure = settingsWith({ tls: { certificateId: randomUUID() } });
    expect(() => planPorts(loopbackPolicy([named('a', plain), named('b', secure)]), NO_SECRETS, KEYS)).toThrow(
      /differ in whether it speaks TLS/,
    );
    const twice = loopbackPolicy([loopbackApplication(8001, 9000, plain), { ...loopbackApplication(8001, 9000, plain), name: 'other' }]);
    expect(() => planPorts(twice, NO_SECRETS, KEYS)).toThrow('applications port-8001 and other both answer for * on port 8001');
  });

  it('refuses an application whose certificate is not on the box', () => {
    const id = randomUUID();
    const policy = loopbackPolicy([loopbackApplication(8001, 9000, settingsWith({ tls: { certificateId: id } }))]);
    expect(() => planPorts(policy, NO_SECRETS, KEYS)).toThrow(`application port-8001 needs certificate ${id}, which is not on this box`);
  });
});
