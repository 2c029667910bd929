/**
 * Lets inspections that take long go on one after the other, each for one slice in a turn of the event loop: however many there are,
 * another connection waits for one slice at most.
 */
class FairTurns {
  readonly #waiting: (() => void)[] = [];

  /** Resolves when it is the caller's turn. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) this.#plan();
    });
  }

  #plan(): void {
    setImmediate(() => {
      // The next one waits for a turn of its own, in which sockets are read first.
      this.#waiting.shift()?.();
      if (this.#waiting.length > 0) this.#plan();
    });
  }
}

/** Of this process. */
export const fairTurns = new FairTurns();
