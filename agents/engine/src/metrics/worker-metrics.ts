import { LatencyHistogram, type SparseCounts } from './latency-histogram.js';
import { RefusedSources } from './refused-sources.js';

/** Sources that a worker tells apart between two looks of its primary, which are half a second apart. */
const REFUSED_SOURCES = 2_000;

/** Figures of one worker since its start; they only grow, except `connections`. */
export interface MetricsSnapshot {
  readonly requests: number;
  readonly blocked: number;
  readonly detected: number;
  /** Answers by first digit of their status: index 1 to 5. */
  readonly statusClasses: readonly number[];
  readonly latency: SparseCounts;
  readonly inspection: SparseCounts;
  readonly connections: number;
  readonly eventsWritten: number;
  readonly eventsLost: number;
}

/** Counts what one worker does. */
export class WorkerMetrics {
  readonly latency = new LatencyHistogram();
  readonly inspection = new LatencyHistogram();
  readonly refused = new RefusedSources(REFUSED_SOURCES);
  requests = 0;
  blocked = 0;
  detected = 0;
  readonly #statusClasses = [0, 0, 0, 0, 0, 0];

  /** Counts a refusal; its source only where that is who connected, for a forwarded address can be made up. */
  refusedOne(client: { readonly address: string }, peer: { readonly address: string }): void {
    this.blocked++;
    if (client.address === peer.address) this.refused.add(client.address);
  }

  /** Counts an ended exchange; `status` 0 means that no answer had begun. */
  exchangeEnded(status: number, durationMs: number): void {
    this.requests++;
    this.latency.record(durationMs);
    const digit = Math.floor(status / 100);
    if (digit >= 1 && digit <= 5) this.#statusClasses[digit] = (this.#statusClasses[digit] ?? 0) + 1;
  }

  snapshot(gauges: Pick<MetricsSnapshot, 'connections' | 'eventsWritten' | 'eventsLost'>): MetricsSnapshot {
    return {
      requests: this.requests,
      blocked: this.blocked,
      detected: this.detected,
      statusClasses: [...this.#statusClasses],
      latency: this.latency.snapshot(),
      inspection: this.inspection.snapshot(),
      ...gauges,
    };
  }
}
