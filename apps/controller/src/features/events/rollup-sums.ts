import type { EventRow } from './event-row.js';

const MINUTE_MS = 60_000;

export interface RollupSum {
  readonly minuteMs: number;
  readonly applicationId: string | null;
  blocked: number;
  detected: number;
  passed: number;
  lost: number;
}

type Counted = Pick<EventRow, 'occurredAtMs' | 'applicationId' | 'action'>;

/** Sums of one batch by (application, minute). */
export class RollupSums {
  private readonly sums = new Map<string, RollupSum>();

  add(event: Counted, count: number, lost = 0): void {
    if (event.action === null && lost === 0) return;
    const minuteMs = Math.floor(event.occurredAtMs / MINUTE_MS) * MINUTE_MS;
    const key = `${minuteMs} ${event.applicationId}`;
    let sum = this.sums.get(key);
    if (!sum) this.sums.set(key, (sum = { minuteMs, applicationId: event.applicationId, blocked: 0, detected: 0, passed: 0, lost: 0 }));
    sum.lost += lost;
    if (event.action !== null) sum[event.action] += count;
  }

  /** In an order that is the same in every transaction, so that two of them can't wait for each other. */
  inOrder(): RollupSum[] {
    return [...this.sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
  }
}
