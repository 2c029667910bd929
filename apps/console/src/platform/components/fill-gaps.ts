/** A row of buckets without holes: times step by step, and the item that stands in each bucket, or null. */
export interface FilledBuckets<T> {
  readonly times: readonly number[];
  readonly items: readonly (T | null)[];
}

/** Puts a null where a bucket is missing, so that a chart shows a gap and not a straight line. `fromMs` is rounded down to a bucket. */
export function fillGaps<T extends { readonly at: string }>(
  rows: readonly T[],
  fromMs: number,
  toMs: number,
  bucketMs: number,
): FilledBuckets<T> {
  const byTime = new Map(rows.map((row) => [Math.floor(Date.parse(row.at) / bucketMs), row]));
  const times: number[] = [];
  const items: (T | null)[] = [];
  for (let bucket = Math.floor(fromMs / bucketMs); bucket * bucketMs < toMs; bucket++) {
    times.push(bucket * bucketMs);
    items.push(byTime.get(bucket) ?? null);
  }
  return { times, items };
}
