import { beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_NETWORK_POLICY, type Protections, type RefusedSource } from '@phalanx/contracts';
import { AppError, silentLogger } from '@phalanx/kit';
import type { RecordedEvent } from '../../platform/feature.js';
import { parseRange } from '../../platform/address-range.js';
import { EngineVerdicts } from './engine-verdicts.js';
import { OwnBlocks } from './own-blocks.js';
import { wantedSets } from './wanted-sets.js';

let now: number;
let refused: RefusedSource[];
let policy: Protections['refusals'] | null;
let spared: string[];
let ran: string[];
let events: RecordedEvent[];
let own: OwnBlocks;
let verdicts: EngineVerdicts;

beforeEach(() => {
  now = 1_800_000_000_000;
  refused = [];
  policy = { ...DEFAULT_NETWORK_POLICY.protections.refusals, enabled: true };
  spared = [];
  ran = [];
  events = [];
  const nothing = new AppError('invalid', 'tool.refused', 'nft: Error: No such file or directory');
  own = new OwnBlocks(
    async (_, args, run) => {
      if (args.includes('list')) throw nothing;
      ran.push(String(run?.input));
      return '';
    },
    () => now,
    silentLogger,
  );
  verdicts = new EngineVerdicts({
    engine: { refusals: async () => refused.splice(0) },
    policy: () => policy,
    untouchable: async () => spared.map(parseRange),
    own,
    record: (event) => void events.push(event),
    logger: silentLogger,
    now: () => now,
  });
});

const refuse = (...sources: [source: string, count: number][]) => {
  refused.push(...sources.map(([source, count]) => ({ source, count })));
  return verdicts.look();
};
const blocked = () =>
  ran.flatMap((commands) =>
    [...commands.matchAll(/add element inet phalanx_blocks (\S+) \{ (\S+) /g)].map(([, set, key]) => `${set} ${key}`),
  );

describe('the engine’s verdicts', () => {
  it('block a source once it was refused often enough within the window, for the time of the policy', async () => {
    expect(await refuse(['192.0.2.1', 60], ['192.0.2.2', 99])).toBe(false);
    now += 9_000;
    expect(await refuse(['192.0.2.1', 40])).toBe(true);
    now += 5_000;
    // What is older than the window counts no more.
    expect(await refuse(['192.0.2.2', 1])).toBe(false);
    expect(new Set(blocked())).toEqual(new Set(['engine-4 192.0.2.1']));
    expect(ran.at(-1)).toMatch(/192\.0\.2\.1 timeout 600s/);
    expect(events).toEqual([
      expect.objectContaining({
        kind: 'network',
        threat: 'refused-source',
        source: '192.0.2.1',
        count: 100,
        blockedUntil: new Date(1_800_000_609_000).toISOString(),
      }),
    ]);
  });

  it('count an IPv6 source by its /64, and an IPv4 address in IPv6 form as what it is', async () => {
    await refuse(['2001:db8::1', 50], ['2001:db8::2', 50], ['::ffff:192.0.2.9', 50], ['192.0.2.9', 50]);
    expect(new Set(blocked())).toEqual(new Set(['engine-6 2001:db8::', 'engine-4 192.0.2.9']));
  });

  it('never block who must not be, nor who was released', async () => {
    spared = ['192.0.2.0/24', '2001:db8::7'];
    await own.release(wantedSets({ blocks: [], released: [{ address: '198.51.100.0/24', expiresAt: null }] }));
    expect(await refuse(['192.0.2.1', 500], ['2001:db8::1', 500], ['198.51.100.7', 500])).toBe(false);
    expect([blocked(), events]).toEqual([[], []]);
    expect(await refuse(['198.51.101.7', 500])).toBe(true);
  });

  it('block nobody where the policy doesn’t say so', async () => {
    policy = { ...policy!, enabled: false };
    expect(await refuse(['192.0.2.1', 500])).toBe(false);
    policy = null;
    expect(await refuse(['192.0.2.1', 500])).toBe(false);
    expect(ran).toEqual([]);
  });
});
