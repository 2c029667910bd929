/** Something that may wait too long. `deadline` is a `performance.now()` time in ms; 0 while nothing is awaited. */
export interface Expiring {
  deadline: number;
  onDeadline(): void;
}

/**
 * Looks over everything that waits, a few times per second. One timer for all: with tens of thousands of connections a timer each, renewed at
 * every read, costs more than this walk. Deadlines are met up to `tickMs` late (those of `after` twice that).
 */
export class Deadlines {
  readonly #waiting = new Set<Expiring>();
  readonly #tickMs: number;
  #timer: NodeJS.Timeout | null = null;
  /** `performance.now()` of the last walk. */
  #now = 0;

  constructor(tickMs = 250) {
    this.#tickMs = tickMs;
  }

  /**
   * The deadline of something that is added, and awaited from now on. By the clock of the last walk, since reading the time costs more than all
   * else here: it is never too early, and up to two ticks late.
   */
  after(ms: number): number {
    return (this.#timer === null ? performance.now() : this.#now) + ms + this.#tickMs;
  }

  add(item: Expiring): void {
    this.#waiting.add(item);
    if (this.#timer !== null) return;
    this.#now = performance.now();
    this.#timer = setInterval(() => this.#sweep(), this.#tickMs).unref();
  }

  delete(item: Expiring): void {
    this.#waiting.delete(item);
    if (this.#waiting.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #sweep(): void {
    const now = performance.now();
    this.#now = now;
    for (const item of this.#waiting) {
      if (item.deadline === 0 || item.deadline > now) continue;
      item.deadline = 0;
      item.onDeadline();
    }
  }
}
