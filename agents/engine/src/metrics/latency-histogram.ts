/** Bounds grow by an eighth of a power of two: at most 9 % apart, from 1 µs to over an hour. */
const STEPS_PER_OCTAVE = 8;
const OCTAVES = 32;
const BUCKETS = STEPS_PER_OCTAVE * OCTAVES;

function bucketOf(ms: number): number {
  const microseconds = ms * 1000;
  if (!(microseconds > 1)) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log2(microseconds) * STEPS_PER_OCTAVE));
}

function boundMs(bucket: number): number {
  return Math.round(2 ** (bucket / STEPS_PER_OCTAVE)) / 1000;
}

/** Percentiles in milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Counts durations in fixed buckets, so that histograms of several processes add up and two readings subtract. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS);

  record(ms: number): void {
    const bucket = bucketOf(ms);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  /** The counts as pairs of bucket and count, without the empty ones: what travels between processes. */
  snapshot(): SparseCounts {
    const sparse: [number, number][] = [];
    for (let i = 0; i < BUCKETS; i++) {
      const count = this.#counts[i] ?? 0;
      if (count > 0) sparse.push([i, count]);
    }
    return sparse;
  }
}

export type SparseCounts = readonly (readonly [bucket: number, count: number])[];

/** Adds `factor` times the counts: 1 to add, -1 to take an earlier reading away. */
export function addCounts(into: Map<number, number>, counts: SparseCounts, factor: 1 | -1): void {
  for (const [bucket, count] of counts) into.set(bucket, (into.get(bucket) ?? 0) + factor * count);
}

/** Percentiles of counts, or null when there are none. A value is the upper bound of its bucket. */
export function percentilesOf(counts: ReadonlyMap<number, number>): Percentiles | null {
  const sorted = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  const at = (share: number): number => {
    let seen = 0;
    for (const [bucket, count] of sorted) {
      seen += count;
      if (seen >= share * total) return boundMs(bucket);
    }
    return 0;
  };
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
