/** Work between two looks at the clock, in bytes put before operators. */
const WORK_PER_LOOK = 16_384;
/** What one test costs beside its bytes. */
const WORK_PER_TEST = 64;

/**
 * The processor time that the rules may take for one transaction, over all its phases. Time of this thread, not of the wall clock:
 * a busy machine must not change verdicts. Small transactions end before the first look and cost nothing.
 */
export class Budget {
  /** Set once the time is used up; stays set. */
  isExceeded = false;
  readonly #limitMs: number;
  #usedMs = 0;
  #lastLookMs = -1;
  #work = 0;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Begins a phase: what the thread did for others since the last one doesn't count. */
  start(): void {
    this.#lastLookMs = -1;
  }

  /** Accounts for one test of a value; true when the budget is used up. */
  spend(bytes: number): boolean {
    this.#work += bytes + WORK_PER_TEST;
    if (this.#work >= WORK_PER_LOOK) this.#look();
    return this.isExceeded;
  }

  #look(): void {
    this.#work = 0;
    const { user, system } = process.threadCpuUsage();
    const nowMs = (user + system) / 1000;
    if (this.#lastLookMs >= 0) this.#usedMs += nowMs - this.#lastLookMs;
    this.#lastLookMs = nowMs;
    this.isExceeded ||= this.#usedMs > this.#limitMs;
  }
}
