/** How far back charts can look, and how long their buckets are then. */
export const SPANS = [
  { id: 'hour', minutes: 60, bucketMinutes: 1 },
  { id: 'sixHours', minutes: 360, bucketMinutes: 5 },
  { id: 'day', minutes: 1_440, bucketMinutes: 15 },
  { id: 'week', minutes: 10_080, bucketMinutes: 120 },
] as const;
export type SpanId = (typeof SPANS)[number]['id'];

export interface SpanWindow {
  readonly from: string;
  readonly to: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucketMinutes: number;
  readonly bucketMs: number;
}

/** The window of a span that ends at `toMs`. */
export function spanWindow(id: SpanId, toMs: number): SpanWindow {
  const { minutes, bucketMinutes } = SPANS.find((span) => span.id === id)!;
  const fromMs = toMs - minutes * 60_000;
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    fromMs,
    toMs,
    bucketMinutes,
    bucketMs: bucketMinutes * 60_000,
  };
}

/** The span of this name, or the shortest. */
export function parseSpan(text: string | undefined): SpanId {
  return SPANS.find(({ id }) => id === text)?.id ?? 'hour';
}
