/** Work between two looks at the clock, in bytes put before operators. */
const WORK_PER_LOOK = 16_384;
/** What one test costs beside its bytes. */
const WORK_PER_TEST = 64;

/** The inspection time one transaction may take over all its phases, in milliseconds of wall time while rules run. */
export class Budget {
  /** Set once the time is used up; stays set. */
  isExceeded = false;
  readonly #limitMs: number;
  #usedMs = 0;
  #startedAt = 0;
  #work = 0;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  get usedMs(): number {
    return this.#usedMs;
  }

  start(): void {
    this.#startedAt = performance.now();
  }

  stop(): void {
    this.#usedMs += performance.now() - this.#startedAt;
    this.isExceeded ||= this.#usedMs > this.#limitMs;
  }

  /** Accounts for one test of a value; true when the budget is used up. */
  spend(bytes: number): boolean {
    this.#work += bytes + WORK_PER_TEST;
    if (this.#work >= WORK_PER_LOOK) {
      this.#work = 0;
      this.isExceeded ||= this.#usedMs + performance.now() - this.#startedAt > this.#limitMs;
    }
    return this.isExceeded;
  }
}
