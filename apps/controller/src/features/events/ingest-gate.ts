/** Share of the newest measurement in the running average. */
const WEIGHT = 0.2;
const LONGEST_PAUSE_MS = 30_000;
/** A store that takes longer than this means that the database lags. */
const SLOW_MS = 2_000;

/**
 * Lets a bounded number of batches be stored at once; the others wait in order of arrival. Knows how far behind the database is.
 */
export class IngestGate {
  private running = 0;
  private averageMs = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly idlers: (() => void)[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly queueLimit: number,
  ) {}

  /** Resolves when nothing is being stored. */
  async idle(): Promise<void> {
    while (this.running > 0) await new Promise<void>((resolve) => this.idlers.push(resolve));
  }

  get isFull(): boolean {
    return this.waiting.length >= this.queueLimit;
  }

  /** How long a box should wait before its next batch, in milliseconds; undefined while the database keeps up. */
  pauseMs(): number | undefined {
    const drainMs = (this.waiting.length / this.concurrency) * this.averageMs;
    const wantedMs = Math.round(Math.max(drainMs > SLOW_MS ? drainMs : 0, this.averageMs > SLOW_MS ? this.averageMs : 0));
    return wantedMs > 0 ? Math.min(wantedMs, LONGEST_PAUSE_MS) : undefined;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.concurrency) this.running++;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    const startedMs = performance.now();
    try {
      return await work();
    } finally {
      this.averageMs += WEIGHT * (performance.now() - startedMs - this.averageMs);
      // The place goes straight to the next in line, so that a newcomer can't overtake.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
      if (this.running === 0) for (const wake of this.idlers.splice(0)) wake();
    }
  }
}
