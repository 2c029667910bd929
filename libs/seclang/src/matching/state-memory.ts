/** What the automata of this thread may take together for their states. */
const MAX_BYTES = 128 << 20;

/** From so many holders on those that are gone are looked for. */
const FIRST_TIDY = 4096;

/** Something that keeps states and can do without them. */
export interface StateHolder {
  /** Bytes. */
  readonly size: number;
  clear(): void;
}

/**
 * Bounds the memory of all automata together, which hostile texts would otherwise fill pattern by pattern: past the limit all states are
 * forgotten, but for those of the automaton in hand. Holders are held weakly, so that a ruleset that was replaced goes away.
 */
export class StateMemory {
  readonly #limit: number;
  #holders: WeakRef<StateHolder>[] = [];
  /** With so many holders, those that are gone are forgotten before another is taken. */
  #tidyAt = FIRST_TIDY;
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  register(holder: StateHolder): void {
    if (this.#holders.length >= this.#tidyAt) {
      this.#tidy();
      this.#tidyAt = Math.max(FIRST_TIDY, this.#holders.length * 2);
    }
    this.#holders.push(new WeakRef(holder));
  }

  /** Accounts for the growth of a holder by some bytes. */
  grew(holder: StateHolder, bytes: number): void {
    this.#total += bytes;
    if (this.#total <= this.#limit) return;
    this.#tidy();
    // What holders gave back by themselves was not told.
    this.#total = this.#measured();
    if (this.#total <= this.#limit) return;
    for (const reference of this.#holders) if (reference.deref() !== holder) reference.deref()?.clear();
    this.#total = this.#measured();
  }

  #measured(): number {
    return this.#holders.reduce((sum, reference) => sum + (reference.deref()?.size ?? 0), 0);
  }

  #tidy(): void {
    this.#holders = this.#holders.filter((reference) => reference.deref() !== undefined);
  }
}

/** Of this thread. */
export const stateMemory = new StateMemory(MAX_BYTES);
