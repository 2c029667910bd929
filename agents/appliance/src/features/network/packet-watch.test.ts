import { describe, expect, it } from '@jest/globals';
import type { SetElement } from '../../platform/nft/set-elements.js';
import { EventFolder } from './event-folder.js';
import { ANYONE, NotedPackets, Unattributed } from './noted-packets.js';

const element = (packets: number, source = '192.0.2.9', code = 2): SetElement => ({
  key: [code, 'eth0', source, '192.0.2.1', 80],
  packets,
  bytes: packets * 40,
  expiresInSeconds: 12,
});
const read = (...elements: SetElement[]) => [{ kind: 'tcp' as const, v: 4 as const, elements }];
const totals = (packets: number) => new Map([[2, { packets, bytes: packets * 40 }]]);

describe('noted packets', () => {
  it('are told once, also when an element timed out and came back', () => {
    const noted = new NotedPackets();
    expect(noted.advance(read(element(5)))).toMatchObject([
      { code: 2, source: '192.0.2.9', port: 80, protocol: 'tcp', packets: 5, bytes: 200 },
    ]);
    expect(noted.advance(read(element(5)))).toEqual([]);
    expect(noted.advance(read(element(9)))).toMatchObject([{ packets: 4, bytes: 160 }]);
    expect(noted.advance(read(element(2)))).toMatchObject([{ packets: 2 }]);
    expect(noted.advance([])).toEqual([]);
    expect(noted.advance(read(element(2)))).toMatchObject([{ packets: 2 }]);
  });

  it('that found no room are told without a source, and those between two readings only once', () => {
    const noted = new NotedPackets();
    const missing = new Unattributed();
    const step = (elements: SetElement[], total: number) => missing.advance(totals(total), noted.advance(read(...elements)));
    // Two packets came between the reading of the set and that of the totals.
    expect(step([element(5)], 7)).toEqual([]);
    expect(step([element(7)], 7)).toEqual([]);
    // Three never found room.
    expect(step([element(8)], 11)).toEqual([]);
    expect(step([element(8)], 11)).toMatchObject([{ source: ANYONE, packets: 3, bytes: 120 }]);
    expect(step([element(8)], 11)).toEqual([]);
  });
});

describe('events', () => {
  const folder = () => new EventFolder((code) => (code === 2 ? { threat: 'syn-flood', action: 'blocked', rule: null } : null));
  const deltas = (sources: number, packets: number) =>
    new NotedPackets().advance(
      read(...Array.from({ length: sources }, (_, i) => element(packets + (i === 0 ? 1 : 0), `10.0.${i >> 8}.${i & 255}`))),
    );
  const sum = (events: readonly { event: { count: number } }[]) => events.reduce((all, { event }) => all + event.count, 0);

  it('tell a source at once and then every ten seconds, with exact sums', () => {
    const folding = folder();
    folding.add(deltas(1, 4), 0);
    expect(folding.due(0)).toMatchObject([{ event: { threat: 'syn-flood', source: '10.0.0.0', count: 5, bytes: 200, action: 'blocked' } }]);
    folding.add(deltas(1, 4), 1_000);
    folding.add(deltas(1, 4), 5_000);
    expect(folding.due(9_000)).toEqual([]);
    const [told] = folding.due(10_000);
    expect(told!.event).toMatchObject({ count: 10, from: new Date(1_000).toISOString() });
    folding.add(deltas(1, 4), 11_000);
    expect(sum(folding.due(11_500, true))).toBe(5);
  });

  it('of many sources fold into one beside the largest, and no packet is left out', () => {
    const folding = folder();
    folding.add(deltas(1_000, 3), 0);
    const events = folding.due(0);
    expect(events).toHaveLength(65);
    expect(events[0]!.event.source).toBe('10.0.0.0');
    expect(events.at(-1)!.event.source).toBe(ANYONE);
    expect(sum(events)).toBe(3_001);
    expect(folding.due(20_000)).toEqual([]);
  });
});
