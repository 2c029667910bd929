import { describe, expect, it } from '@jest/globals';
import type { HaStatus } from '@phalanx/contracts';
import { judgePair } from './pair-condition.js';
import type { Pair, PairMember } from './pair.js';

const NOW = Date.UTC(2026, 10, 21, 9);
const CLUSTER = 'cccccccc-0000-4000-8000-000000000001';

function member(name: string, state: HaStatus['state'], status: Partial<HaStatus> = {}, changes: Partial<PairMember> = {}): PairMember {
  return {
    applianceId: name,
    name,
    interface: 'eth0',
    address: '192.0.2.1',
    priority: name === 'one' ? 150 : 100,
    order: 'normal',
    commandId: null,
    status: {
      clusterId: CLUSTER,
      state,
      cause: 'start',
      since: new Date(NOW - 60_000).toISOString(),
      bootId: 'boot',
      monotonicMs: 1,
      order: 'normal',
      commandId: null,
      held: [],
      engineHealthy: true,
      peerSeenAt: state === 'master' ? null : new Date(NOW - 1_000).toISOString(),
      sync: 'off',
      ...status,
    },
    statusAt: new Date(NOW),
    stateAt: new Date(NOW - 60_000),
    online: true,
    lastSeenAt: new Date(NOW),
    wallOffsetMs: 0,
    ...changes,
  };
}

function judge(first: PairMember, second: PairMember): string {
  const settings = { advertMs: 100 } as Pair['settings'];
  const { condition, reason } = judgePair({ settings, members: [first, second] } as unknown as Pair);
  return `${condition}: ${reason}`;
}

describe('the condition of a pair', () => {
  const one = member('one', 'master');
  const two = member('two', 'backup');

  it.each([
    ['one master that the other hears', one, two, /^whole: one is master; two stands by and hears it/],
    [
      'a backup with a clock that is a day behind',
      one,
      member('two', 'backup', { peerSeenAt: new Date(NOW - 86_401_000).toISOString() }, { wallOffsetMs: 86_400_000 }),
      /^whole/,
    ],
    ['both master, each said since the other', one, member('two', 'master'), /^two-masters: one and two both hold/],
    [
      'a new master while the other has not spoken since',
      member('one', 'master', {}, { statusAt: new Date(NOW - 9_000) }),
      member('two', 'master', {}, { stateAt: new Date(NOW - 1_000) }),
      /^silent-peer: two became master; one has not said since/,
    ],
    [
      'a master that is out of reach beside a new one',
      member('one', 'master', {}, { online: false }),
      member('two', 'master'),
      /^silent-peer: two is master; one is out of reach/,
    ],
    [
      'a backup that hears nothing',
      one,
      member('two', 'backup', { peerSeenAt: null }),
      /^silent-peer: one is master; two stands by, but does not hear it/,
    ],
    ['nobody', member('one', 'fault'), two, /^no-master: nobody holds the addresses: one is fault; two is backup/],
    [
      'a master whose link to us is cut, heard by the other',
      member('one', 'master', {}, { online: false }),
      two,
      /^degraded: one is out of reach, but two stands by and hears it/,
    ],
    ['both out of reach', member('one', 'master', {}, { online: false }), member('two', 'backup', {}, { online: false }), /^unknown/],
    ['a member that never reported', one, member('two', 'backup', {}, { status: null }), /^unknown: two has not reported/],
    ['maintenance', one, member('two', 'fault', { cause: 'ordered' }, { order: 'maintenance' }), /^maintenance: two is in maintenance/],
    [
      'a backup whose engine is ill',
      one,
      member('two', 'fault', { cause: 'engine-failed' }),
      /^degraded: one is master; two is fault \(engine-failed\)/,
    ],
    ['a demoted member', one, member('two', 'fault', {}, { order: 'demoted' }), /^degraded: one is master; two was demoted/],
    ['connections that are not shared', member('one', 'master', { sync: 'failed' }), two, /^degraded: .*synchronisation failed/],
  ])('with %s', (_, first, second, expected) => expect(judge(first, second)).toMatch(expected));
});
