import type { NetworkEvent } from '@phalanx/contracts';
import type { SetElement } from '../../platform/nft/set-elements.js';

/** What was noted of one source at one target. */
export interface NotedKey {
  readonly code: number;
  readonly interface: string | null;
  readonly source: string;
  readonly destination: string | null;
  readonly port: number | null;
  readonly protocol: string;
}

export interface NotedCount {
  readonly packets: number;
  readonly bytes: number;
}

/** Packets that came since the last reading. */
export interface NotedDelta extends NotedKey, NotedCount {}

/** One reading of a set of noted packets; `kind` as in the set's name. */
export interface NotedReading {
  readonly kind: 'tcp' | 'udp' | 'portless';
  readonly v: 4 | 6;
  readonly elements: readonly SetElement[];
}

/** Elements count up until they time out, and begin anew when they come back: turns readings into what is new. */
export class NotedPackets {
  private last = new Map<string, NotedCount>();

  /** What came since the reading before. */
  advance(readings: readonly NotedReading[]): NotedDelta[] {
    const now = new Map<string, NotedCount>();
    const deltas: NotedDelta[] = [];
    for (const { kind, v, elements } of readings)
      for (const { key, packets, bytes } of elements) {
        const id = `${kind}${v} ${key.join(' ')}`;
        now.set(id, { packets, bytes });
        const before = this.last.get(id);
        const isSame = before !== undefined && packets >= before.packets;
        const more = { packets: packets - (isSame ? before.packets : 0), bytes: bytes - (isSame ? before.bytes : 0) };
        if (more.packets > 0) deltas.push({ ...keyOf(kind, key), ...more });
      }
    this.last = now;
    return deltas;
  }
}

function keyOf(kind: NotedReading['kind'], key: readonly (string | number)[]): NotedKey {
  const [code, from, source, destination, last] = key;
  return {
    code: Number(code),
    interface: String(from),
    source: String(source),
    destination: String(destination),
    port: kind === 'portless' ? null : Number(last),
    protocol: kind === 'portless' ? String(last) : kind,
  };
}

/** Everybody, where it isn't known who. */
export const ANYONE = '0.0.0.0/0';

/**
 * Packets that no element tells of, by code: what found no room, or fell between two readings. Packets between the readings of the sets and of the
 * totals are told of a moment later; so only what is missing twice in a row is.
 */
export class Unattributed {
  private totals: ReadonlyMap<number, NotedCount> = new Map();
  private missing = new Map<number, NotedCount>();

  /** Goes on from what was told before, by this or an earlier run of the agent. */
  start(told: ReadonlyMap<number, NotedCount>): void {
    this.totals = told;
  }

  advance(totals: ReadonlyMap<number, NotedCount>, deltas: readonly NotedDelta[]): NotedDelta[] {
    const told = new Map<number, NotedCount>();
    for (const { code, packets, bytes } of deltas) {
      const sum = told.get(code) ?? NONE;
      told.set(code, { packets: sum.packets + packets, bytes: sum.bytes + bytes });
    }
    const found: NotedDelta[] = [];
    const missing = new Map<number, NotedCount>();
    for (const [code, total] of totals) {
      const before = this.totals.get(code) ?? NONE;
      const owed = this.missing.get(code) ?? NONE;
      const known = told.get(code) ?? NONE;
      // A table that was made anew counts from nothing.
      const isSame = total.packets >= before.packets;
      const packets = owed.packets + total.packets - (isSame ? before.packets : 0) - known.packets;
      const bytes = owed.bytes + total.bytes - (isSame ? before.bytes : 0) - known.bytes;
      const certain = Math.max(0, Math.min(owed.packets, packets));
      const share = certain === 0 ? 0 : Math.max(0, Math.round((bytes * certain) / packets));
      if (certain > 0)
        found.push({
          code,
          interface: null,
          source: ANYONE,
          destination: null,
          port: null,
          protocol: 'ip',
          packets: certain,
          bytes: share,
        });
      missing.set(code, { packets: packets - certain, bytes: bytes - share });
    }
    this.totals = new Map(totals);
    this.missing = missing;
    return found;
  }
}

const NONE: NotedCount = { packets: 0, bytes: 0 };

export type NetworkEventBody = Omit<NetworkEvent, 'time' | 'bootId' | 'monotonicMs'>;
