/** Work between two looks at the clock, in bytes put before operators. */
const WORK_PER_LOOK = 16_384;
/** So much of a slice passes without a look at the processor's clock, which is dear. */
const UNTIMED_MS = 1;
/** The most that a slice takes once one was not enough. */
const LATER_SLICE_MS = 0.5;
/** What one test costs beside its bytes. */
const WORK_PER_TEST = 64;

/**
 * The processor time that the rules may take for one transaction, over all its phases. Time of this thread, not of the wall clock:
 * a busy machine must not change verdicts. Small transactions end before the first look and cost nothing. The time is taken in slices,
 * between which the thread is free for others.
 */
export class Budget {
  /** Set once the time is used up; stays set. */
  isExceeded = false;
  /** Whether others should have their turn; `start` begins the next slice. */
  isSliceOver = false;
  #limitMs: number;
  readonly #perMebibyteMs: number;
  #sliceMs: number;
  #usedMs = 0;
  #work = 0;
  /** Wall clock at the beginning of the slice in hand. */
  #startMs = 0;
  /** Processor time at the beginning of the slice, or where it turned out to take long; -1 before. */
  #cpuStartMs = -1;
  #takesLong = false;

  /** Both in milliseconds. `limitMs` is for a request without a body, and again for each mebibyte of one. */
  constructor(limitMs: number, sliceMs = Infinity) {
    this.#limitMs = limitMs;
    this.#perMebibyteMs = limitMs;
    this.#sliceMs = sliceMs;
  }

  /** A body of that many bytes has come. */
  allowFor(bytes: number): void {
    this.#limitMs += this.#perMebibyteMs * (bytes / 0x100000);
  }

  /** Begins a slice. Who has used up one gets shorter ones: others wait for a slice more than once on their way. */
  start(): void {
    if (this.isSliceOver) this.#sliceMs = Math.min(this.#sliceMs, LATER_SLICE_MS);
    this.#startMs = performance.now();
    if (this.#takesLong) this.#cpuStartMs = cpuMs();
    this.isSliceOver = false;
  }

  /** Ends a slice: what the thread does from here on is not this transaction's. */
  stop(): void {
    if (this.#cpuStartMs >= 0) this.#usedMs += cpuMs() - this.#cpuStartMs;
    this.#cpuStartMs = -1;
  }

  /** Accounts for one test of a value; true when the budget is used up. */
  spend(bytes: number): boolean {
    this.#work += bytes + WORK_PER_TEST;
    if (this.#work >= WORK_PER_LOOK) this.#look();
    return this.isExceeded;
  }

  #look(): void {
    this.#work = 0;
    const wallMs = performance.now() - this.#startMs;
    if (wallMs >= this.#sliceMs) this.isSliceOver = true;
    // Processor time is never more than the time that has passed, and is dear to ask for.
    if (!this.#takesLong && wallMs < Math.min(UNTIMED_MS, this.#limitMs / 4)) return;
    this.#takesLong = true;
    if (this.#cpuStartMs < 0) this.#cpuStartMs = cpuMs();
    if (this.#usedMs + wallMs > this.#limitMs) this.isExceeded ||= this.#usedMs + cpuMs() - this.#cpuStartMs > this.#limitMs;
  }
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
