import type { EngineMetrics } from '@phalanx/contracts';
import { addCounts, percentilesOf } from './latency-histogram.js';
import { RefusedSources } from './refused-sources.js';
import type { MetricsSnapshot } from './worker-metrics.js';

/** Sums over all workers that ever lived, as plain numbers and mergeable counts. */
interface Totals {
  atMs: number;
  requests: number;
  blocked: number;
  detected: number;
  statusClasses: number[];
  latency: Map<number, number>;
  inspection: Map<number, number>;
  eventsWritten: number;
  eventsLost: number;
}

const MAX_READERS = 32;
/** More than one answer holds: those that were refused most often are told. */
const REFUSED_SOURCES = 10_000;

function emptyTotals(): Totals {
  return {
    atMs: performance.now(),
    requests: 0,
    blocked: 0,
    detected: 0,
    statusClasses: [0, 0, 0, 0, 0, 0],
    latency: new Map(),
    inspection: new Map(),
    eventsWritten: 0,
    eventsLost: 0,
  };
}

function add(totals: Totals, snapshot: MetricsSnapshot): void {
  totals.requests += snapshot.requests;
  totals.blocked += snapshot.blocked;
  totals.detected += snapshot.detected;
  snapshot.statusClasses.forEach((count, digit) => (totals.statusClasses[digit] = (totals.statusClasses[digit] ?? 0) + count));
  addCounts(totals.latency, snapshot.latency, 1);
  addCounts(totals.inspection, snapshot.inspection, 1);
  totals.eventsWritten += snapshot.eventsWritten;
  totals.eventsLost += snapshot.eventsLost;
}

/**
 * Figures of the whole engine: the last snapshot of each worker, plus what dead workers last said. Each reader gets what was
 * added since it last asked. What a killed worker counted after its last report (at most a second) is missing.
 */
export class MetricsLedger {
  /** What the workers refused and nobody has asked for yet. */
  readonly refused = new RefusedSources(REFUSED_SOURCES);
  readonly #live = new Map<string, MetricsSnapshot>();
  readonly #dead = emptyTotals();
  readonly #readers = new Map<string, Totals>();
  readonly #start = emptyTotals();

  /** Takes a process's latest figures. */
  report(writer: string, snapshot: MetricsSnapshot): void {
    this.#live.set(writer, snapshot);
  }

  /** The process has ended: its figures stay in the sums. */
  ended(writer: string): void {
    const last = this.#live.get(writer);
    if (!last) return;
    add(this.#dead, last);
    this.#live.delete(writer);
  }

  /** Figures since the reader's last call; since the start at its first. */
  read(reader: string): EngineMetrics {
    const totals = emptyTotals();
    let connections = 0;
    add(totals, {
      ...this.#dead,
      latency: [...this.#dead.latency],
      inspection: [...this.#dead.inspection],
      connections: 0,
    });
    for (const snapshot of this.#live.values()) {
      add(totals, snapshot);
      connections += snapshot.connections;
    }
    const before = this.#readers.get(reader) ?? this.#start;
    if (this.#readers.size >= MAX_READERS && !this.#readers.has(reader)) this.#readers.clear();
    this.#readers.set(reader, totals);
    const latency = new Map(totals.latency);
    addCounts(latency, [...before.latency], -1);
    const inspection = new Map(totals.inspection);
    addCounts(inspection, [...before.inspection], -1);
    const since = (now: number, then: number): number => Math.max(0, now - then);
    const digit = (d: number): number => since(totals.statusClasses[d] ?? 0, before.statusClasses[d] ?? 0);
    return {
      windowMs: Math.round(totals.atMs - before.atMs),
      requests: since(totals.requests, before.requests),
      blocked: since(totals.blocked, before.blocked),
      detected: since(totals.detected, before.detected),
      statusClasses: { informational: digit(1), success: digit(2), redirect: digit(3), clientError: digit(4), serverError: digit(5) },
      latencyMs: percentilesOf(latency),
      inspectionMs: percentilesOf(inspection),
      connections,
      eventsWritten: since(totals.eventsWritten, before.eventsWritten),
      eventsLost: since(totals.eventsLost, before.eventsLost),
    };
  }
}
