import { describe, expect, it } from '@jest/globals';
import { fillGaps } from './fill-gaps.js';
import { parseSpan, SPANS, spanWindow } from './spans.js';

const MINUTE = 60_000;

describe('fillGaps', () => {
  it('shows a missing bucket as a gap', () => {
    const rows = [{ at: new Date(0).toISOString() }, { at: new Date(2 * MINUTE).toISOString() }];
    expect(fillGaps(rows, 0, 4 * MINUTE, MINUTE)).toEqual({
      times: [0, MINUTE, 2 * MINUTE, 3 * MINUTE],
      items: [rows[0], null, rows[1], null],
    });
  });
});

describe('spans', () => {
  it('never ask for more buckets than the controller gives', () => {
    for (const { minutes, bucketMinutes } of SPANS) expect(minutes / bucketMinutes).toBeLessThanOrEqual(1500);
  });

  it('end where they are told to', () => {
    expect(spanWindow('hour', 7_200_000)).toMatchObject({ fromMs: 3_600_000, to: '1970-01-01T02:00:00.000Z', bucketMs: MINUTE });
    expect(parseSpan('nonsense')).toBe('hour');
  });
});
