/** Something that waits for the end of the turn. */
export interface Batched {
  onTurnEnd(): void;
}

/** Pieces of work after which what they want written is written: one that waits too long costs more than a further wake-up of its reader. */
const MAX_WORK = 32;

/**
 * What one turn of the event loop has brought, done when all sockets that were ready have been read: first the work, one piece after the
 * other, then all the writing, then one slice of what takes long. The same code and tables stay in the processor's caches that way, and a
 * neighbour that is asleep is woken once for many messages rather than for each. With a single message nothing waits: the end of the turn
 * comes at once. However many need long, another connection waits for one slice at most.
 */
class LoopBatch {
  readonly #work: Batched[] = [];
  readonly #writes: Batched[] = [];
  readonly #slices: (() => void)[] = [];
  #isPlanned = false;
  readonly #run = (): void => this.#runAll();

  /** Calls `onTurnEnd` once, before anything is written. */
  addWork(item: Batched): void {
    this.#work.push(item);
    this.#plan();
  }

  /** Calls `onTurnEnd` once, after the work. */
  addWrite(item: Batched): void {
    this.#writes.push(item);
    this.#plan();
  }

  /** Resolves when it is the caller's turn to go on for a slice of time: there is one in each turn of the loop. */
  nextSlice(): Promise<void> {
    return new Promise((resolve) => {
      this.#slices.push(resolve);
      this.#plan();
    });
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(this.#run);
  }

  #runAll(): void {
    const work = this.#work;
    for (let at = 0; at < work.length; at++) {
      if (at > 0 && at % MAX_WORK === 0) this.#write();
      work[at]!.onTurnEnd();
    }
    work.length = 0;
    this.#write();
    this.#isPlanned = false;
    this.#slices.shift()?.();
    // The next one waits for a turn of its own, in which sockets are read first.
    if (this.#slices.length > 0) this.#plan();
  }

  #write(): void {
    const writes = this.#writes;
    for (let at = 0; at < writes.length; at++) writes[at]!.onTurnEnd();
    writes.length = 0;
  }
}

/** Of this process. */
export const loopBatch = new LoopBatch();
