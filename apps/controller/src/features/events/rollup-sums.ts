import type { EventRow } from './event-row.js';

const MINUTE_MS = 60_000;

export interface RollupSum {
  readonly minuteMs: number;
  readonly applicationId: string | null;
  blocked: number;
  detected: number;
  passed: number;
  lost: number;
  /** Packets that the packet engine stopped; none of them is among `blocked`. */
  networkBlocked: number;
}

type Counted = Pick<EventRow, 'kind' | 'occurredAtMs' | 'applicationId' | 'action'>;

/** Sums of one batch by (application, minute). */
export class RollupSums {
  private readonly sums = new Map<string, RollupSum>();

  add(event: Counted, count: number, lost = 0): void {
    if (event.action === null && lost === 0) return;
    const minuteMs = Math.floor(event.occurredAtMs / MINUTE_MS) * MINUTE_MS;
    const key = `${minuteMs} ${event.applicationId}`;
    let sum = this.sums.get(key);
    if (!sum) {
      sum = { minuteMs, applicationId: event.applicationId, blocked: 0, detected: 0, passed: 0, lost: 0, networkBlocked: 0 };
      this.sums.set(key, sum);
    }
    sum.lost += lost;
    if (event.kind === 'network') sum.networkBlocked += event.action === 'blocked' ? count : 0;
    else if (event.action !== null) sum[event.action] += count;
  }

  /** In an order that is the same in every transaction, so that two of them can't wait for each other. */
  inOrder(): RollupSum[] {
    return [...this.sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
  }
}
