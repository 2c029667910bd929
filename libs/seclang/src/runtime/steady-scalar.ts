import { Entry } from './entry.js';
import type { TransactionState } from './transaction-state.js';

const NO_ENTRIES: readonly Entry[] = [];

/** A variable with one value that is the same in most transactions: as long as it is, one entry serves them all. */
export class SteadyScalar {
  readonly #read: (state: TransactionState) => string;
  #last = NO_ENTRIES;

  constructor(read: (state: TransactionState) => string) {
    this.#read = read;
  }

  entries(state: TransactionState): readonly Entry[] {
    const text = this.#read(state);
    const last = this.#last;
    if (last.length === 1 && last[0]!.text === text) return last;
    const entries = [new Entry('', state.origin.subjects.get(text))];
    if (entries[0]!.subject.answers !== null) this.#last = entries;
    return entries;
  }
}
