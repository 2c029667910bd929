import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { HaCause, HaEvent, HaOrder, HaSettings, HaState, HaTimelineItem } from '@phalanx/contracts';
import { joinTimeline, type TimelineCommand, type TimelineSources } from './join-timeline.js';
import type { Transition } from './transition.js';

const CLUSTER = randomUUID();
const [A, B] = ['aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'];
const BASE_MS = Date.UTC(2026, 10, 21, 9);
const SETTINGS: HaSettings = {
  vrid: 7,
  virtualAddresses: [{ address: '192.0.2.100/24', interface: 'eth0' }],
  advertMs: 100,
  transport: 'unicast',
  preempt: false,
  track: { intervalMs: 1000, fall: 2, rise: 2 },
  syncPort: null,
};

interface Said {
  readonly order?: HaOrder;
  readonly commandId?: string;
  readonly boot?: string;
  /** It still had the addresses after it. */
  readonly isHolding?: boolean;
}

let count = 0;
/** What a member told `ms` after the beginning. */
function told(applianceId: string, ms: number, from: HaState, to: HaState, cause: HaCause, said: Said = {}): Transition {
  const { order = 'normal', commandId = null, boot = `boot of ${applianceId}` } = said;
  const event: HaEvent = {
    kind: 'ha',
    time: new Date(BASE_MS + ms).toISOString(),
    bootId: boot,
    monotonicMs: 1_000_000 + ms,
    clusterId: CLUSTER,
    from,
    to,
    cause,
    order,
    commandId,
    priority: applianceId === A ? 150 : 100,
    held: to === 'master' || said.isHolding ? ['192.0.2.100'] : [],
    mended: [],
    message: `${to} because of ${cause}`,
  };
  const eventId = `00000000-0000-8000-8000-${String(++count).padStart(12, '0')}`;
  return { eventId, applianceId, atMs: BASE_MS + ms, uncertaintyMs: 20, event };
}

function join(transitions: readonly Transition[], changes: Partial<TimelineSources> = {}): HaTimelineItem[] {
  const names = new Map([
    [A, 'one'],
    [B, 'two'],
  ]);
  return joinTimeline({ clusterId: CLUSTER, settings: SETTINGS, names, transitions, commands: [], stillMasters: new Map(), ...changes });
}
const kinds = (items: readonly HaTimelineItem[]) => items.map(({ kind }) => kind);
const only = (items: readonly HaTimelineItem[], kind: HaTimelineItem['kind']) => items.filter((item) => item.kind === kind);
const start = () => told(A, 0, 'backup', 'master', 'start');

describe('the timeline of a pair', () => {
  it('tells of a planned failover who wanted it and why, and the gap', () => {
    const command: TimelineCommand = {
      id: randomUUID(),
      kind: 'failover',
      applianceId: null,
      by: 'operator:kim',
      reason: 'a new kernel',
      at: new Date(BASE_MS + 59_000),
    };
    const yielding = { order: 'yield' as const, commandId: command.id };
    const items = join(
      [
        start(),
        told(A, 60_000, 'master', 'fault', 'ordered', yielding),
        told(B, 60_045, 'backup', 'master', 'peer-yielded'),
        told(A, 60_100, 'fault', 'backup', 'ordered', yielding),
      ],
      { commands: [command] },
    );
    expect(kinds(items)).toEqual(['member', 'command', 'failover', 'member']);
    expect(only(items, 'failover')).toEqual([
      expect.objectContaining({
        planned: true,
        orderedBy: 'operator:kim',
        commandId: command.id,
        cause: 'ordered',
        fromApplianceId: A,
        toApplianceId: B,
        gapMs: 45,
        uncertaintyMs: 40,
        message: 'from one to two because of ordered by operator:kim: a new kernel; 45 ms without a master',
      }),
    ]);
  });

  it('does not lay what happens later to an order that still stands', () => {
    const command: TimelineCommand = {
      id: randomUUID(),
      kind: 'failover',
      applianceId: null,
      by: 'operator:kim',
      reason: 'a new kernel',
      at: new Date(BASE_MS),
    };
    const standing = { commandId: command.id };
    const items = join(
      [
        told(B, 0, 'backup', 'master', 'start', standing),
        told(B, 60_000, 'master', 'fault', 'engine-failed', standing),
        told(A, 60_045, 'backup', 'master', 'peer-yielded', { ...standing, order: 'yield' }),
      ],
      { commands: [command] },
    );
    expect(only(items, 'failover')[0]).toMatchObject({ planned: false, orderedBy: null, commandId: null, cause: 'engine-failed' });
  });

  it('counts no gap where the former master kept the addresses until the other had them', () => {
    const items = join([
      start(),
      told(A, 60_000, 'master', 'fault', 'ordered', { order: 'yield', isHolding: true }),
      told(B, 60_045, 'backup', 'master', 'peer-yielded'),
    ]);
    expect(only(items, 'failover')[0]).toMatchObject({ gapMs: 0, message: 'from one to two because of ordered; 0 ms without a master' });
  });

  it('tells of an unplanned one its cause, also when the daemon died', () => {
    const items = join([start(), told(A, 5_000, 'master', 'stopped', 'daemon-died'), told(B, 5_330, 'backup', 'master', 'peer-silent')]);
    expect(only(items, 'failover')[0]).toMatchObject({ planned: false, orderedBy: null, cause: 'daemon-died', gapMs: 330 });
    expect(only(items, 'two-masters')).toEqual([]);
  });

  it('estimates the gap by VRRP’s own times where a box died without a word, and says that it was silent', () => {
    const items = join([start(), told(B, 9_000, 'backup', 'master', 'peer-silent')]);
    const [failover] = only(items, 'failover');
    // 3 x 100 ms and the skew of priority 100.
    expect(failover!.gapMs).toBeCloseTo(360.9, 1);
    expect([failover!.uncertaintyMs, failover!.message]).toEqual([
      120,
      'from one to two because of peer-silent; about 361 ms without a master',
    ]);
    expect(only(items, 'silent-peer')).toEqual([
      expect.objectContaining({ endedAt: null, message: 'one has told nothing since two took over' }),
    ]);
    const back = join([
      start(),
      told(B, 9_000, 'backup', 'master', 'peer-silent'),
      told(A, 90_000, 'stopped', 'init', 'start', { boot: 'the next' }),
    ]);
    expect(only(back, 'silent-peer')[0]!.endedAt).toBe(new Date(BASE_MS + 90_000).toISOString());
  });

  it('tells that both were master, from when to when, and that they still are', () => {
    const both = [start(), told(B, 20_000, 'backup', 'master', 'peer-silent')];
    const now = join(both, { stillMasters: new Map([[A, BASE_MS + 24_000]]) });
    expect(only(now, 'two-masters')).toEqual([expect.objectContaining({ endedAt: null, message: 'one and two are both master' })]);
    expect(only(now, 'silent-peer')).toEqual([]);
    const demoted = { order: 'demoted' as const, commandId: randomUUID() };
    const over = join([...both, told(B, 31_000, 'master', 'fault', 'ordered', demoted)], {
      stillMasters: new Map([[A, BASE_MS + 40_000]]),
    });
    expect(only(over, 'two-masters')[0]).toMatchObject({
      endedAt: new Date(BASE_MS + 31_000).toISOString(),
      message: 'one and two were both master for 11.0 s',
    });
    expect(only(over, 'no-master')).toEqual([]);
    expect(only(over, 'two-masters')[0]!.id).toBe(only(now, 'two-masters')[0]!.id);
  });

  it('does not take a hand-over for two masters', () => {
    const items = join([
      start(),
      told(B, 20_000, 'backup', 'master', 'higher-priority'),
      told(A, 20_030, 'master', 'backup', 'higher-priority'),
    ]);
    expect(kinds(items)).toEqual(['member', 'failover']);
    expect(only(items, 'failover')[0]!.gapMs).toBe(0);
  });

  it('tells of a time without any master', () => {
    const gone = [start(), told(A, 1_000, 'master', 'fault', 'engine-failed')];
    expect(only(join(gone), 'no-master')).toEqual([expect.objectContaining({ endedAt: null, gapMs: null })]);
    const back = join([...gone, told(B, 9_000, 'backup', 'master', 'engine-healthy')]);
    expect(only(back, 'no-master')[0]).toMatchObject({ endedAt: new Date(BASE_MS + 9_000).toISOString(), gapMs: 8_000 });
  });

  it('tells of a daemon that went on as master on the same box', () => {
    const items = join([
      start(),
      told(A, 1_000, 'master', 'stopped', 'daemon-child-died'),
      told(A, 1_180, 'stopped', 'master', 'daemon-child-died'),
    ]);
    expect(kinds(items)).toEqual(['member', 'member']);
    expect(items[1]).toMatchObject({ fromApplianceId: A, toApplianceId: A, gapMs: 180 });
  });

  it('calls five moves in ten minutes flapping', () => {
    const transitions = [start()];
    for (let move = 1; move <= 6; move++) {
      const [from, to] = move % 2 === 1 ? [A, B] : [B, A];
      transitions.push(told(from, move * 60_000, 'master', 'fault', 'link-down'));
      transitions.push(told(to, move * 60_000 + 300, 'backup', 'master', 'peer-yielded'));
    }
    const [flapping, ...more] = only(join(transitions), 'flapping');
    expect(more).toEqual([]);
    expect(flapping).toMatchObject({ message: 'the addresses moved 6 times', gapMs: 1_800 });
    expect(only(join(transitions.slice(0, 9)), 'flapping')).toEqual([]);
  });

  it('is the same in whatever order events come', () => {
    const transitions = [
      start(),
      told(A, 60_000, 'master', 'fault', 'engine-failed'),
      told(B, 60_045, 'backup', 'master', 'peer-yielded'),
      told(A, 65_000, 'fault', 'backup', 'engine-healthy'),
      told(B, 80_000, 'master', 'stopped', 'stop'),
      told(A, 80_200, 'backup', 'master', 'peer-yielded'),
    ];
    const expected = join(transitions);
    for (let turn = 1; turn < transitions.length; turn++)
      expect(join([...transitions.slice(turn), ...transitions.slice(0, turn)])).toEqual(expected);
    expect(join(transitions.toReversed())).toEqual(expected);
    // Without what is late it says less, and the same again once that is there.
    expect(join(transitions.toSpliced(1, 1))).not.toEqual(expected);
  });
});
