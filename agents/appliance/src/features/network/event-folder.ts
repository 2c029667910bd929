import { ANYONE, type NetworkEventBody, type NotedDelta, type NotedKey } from './noted-packets.js';
import type { Noted } from './threat-codes.js';

/** Events of one reading, at most; those with the fewest packets are folded into one for each threat. */
const EVENTS_AT_ONCE = 64;
/** What goes on is told at once, and then no more often than this. */
const REPEAT_MS = 10_000;
/** Sources that are told apart while they wait. */
const MOST_WAITING = 20_000;

interface Waiting {
  readonly key: NotedKey;
  fromMs: number;
  /** Null: not told yet. */
  toldMs: number | null;
  packets: number;
  bytes: number;
}

/** An event, and the code of what it was noted for. */
export interface FoldedEvent {
  readonly code: number;
  readonly event: NetworkEventBody;
}

/** Folds noted packets into events: the first at once, then sums. What is folded is in the sums. */
export class EventFolder {
  private readonly waiting = new Map<string, Waiting>();

  constructor(private readonly meaning: (code: number) => Noted | null) {}

  add(deltas: readonly NotedDelta[], nowMs: number): void {
    for (const delta of deltas) {
      const crowded = this.waiting.size >= MOST_WAITING;
      const id = idOf(delta);
      const kept = this.waiting.has(id) || !crowded ? delta : { ...delta, ...anyone(delta) };
      const keptId = idOf(kept);
      const entry = this.waiting.get(keptId) ?? { key: kept, fromMs: nowMs, toldMs: null, packets: 0, bytes: 0 };
      if (entry.packets === 0) entry.fromMs = nowMs;
      entry.packets += delta.packets;
      entry.bytes += delta.bytes;
      this.waiting.set(keptId, entry);
    }
  }

  /** Events that are due; all that wait when the box stops. */
  due(nowMs: number, isLast = false): FoldedEvent[] {
    const due: Waiting[] = [];
    for (const [id, entry] of this.waiting) {
      const isQuiet = entry.toldMs !== null && nowMs - entry.toldMs >= REPEAT_MS;
      if (entry.packets > 0 && (isLast || entry.toldMs === null || isQuiet)) due.push(entry);
      else if (entry.packets === 0 && isQuiet) this.waiting.delete(id);
    }
    due.sort((a, b) => b.packets - a.packets);
    const events = due.slice(0, EVENTS_AT_ONCE).flatMap((entry) => this.tell(entry, nowMs));
    const folded = new Map<string, Waiting>();
    for (const entry of due.slice(EVENTS_AT_ONCE)) {
      const key = { ...entry.key, ...anyone(entry.key) };
      const sum = folded.get(idOf(key)) ?? { key, fromMs: entry.fromMs, toldMs: null, packets: 0, bytes: 0 };
      sum.packets += entry.packets;
      sum.bytes += entry.bytes;
      sum.fromMs = Math.min(sum.fromMs, entry.fromMs);
      folded.set(idOf(key), sum);
      Object.assign(entry, { packets: 0, bytes: 0, toldMs: nowMs });
    }
    return [...events, ...[...folded.values()].flatMap((sum) => this.tell(sum, nowMs))];
  }

  private tell(entry: Waiting, nowMs: number): FoldedEvent[] {
    const { key, fromMs, packets, bytes } = entry;
    const noted = this.meaning(key.code);
    Object.assign(entry, { packets: 0, bytes: 0, toldMs: nowMs });
    if (!noted) return [];
    const { interface: from, source, destination, port, protocol } = key;
    const event: NetworkEventBody = {
      kind: 'network',
      from: new Date(fromMs).toISOString(),
      threat: noted.threat,
      action: noted.action,
      source,
      destination,
      port,
      protocol,
      interface: from,
      rule: noted.rule,
      blockedUntil: null,
      count: packets,
      bytes,
    };
    return [{ code: key.code, event }];
  }
}

/** One for all sources of a family: who they were is folded away. */
function anyone({ source, code }: NotedKey): NotedKey {
  return { code, interface: null, source: source.includes(':') ? '::/0' : ANYONE, destination: null, port: null, protocol: 'ip' };
}

function idOf({ code, interface: from, source, destination, port, protocol }: NotedKey): string {
  return `${code} ${from} ${source} ${destination} ${port} ${protocol}`;
}
