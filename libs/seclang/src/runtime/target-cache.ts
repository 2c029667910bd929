import type { Entry } from './entry.js';
import type { KeyedTarget, TargetKeys, VariableKeys } from './target-keys.js';
import type { TransactionState } from './transaction-state.js';

const NO_ENTRIES: readonly Entry[] = [];

/** What a transaction has found for the fixed targets; each answer holds until a new part of the transaction arrives. */
export class TargetCache {
  readonly #state: TransactionState;
  readonly #keys: TargetKeys;
  readonly #found: (readonly Entry[] | null)[];
  readonly #ofVariable: (readonly Entry[] | null)[];
  /** The lists in `found` that grow while a variable is handed out. */
  readonly #named: Entry[][] = [];
  #epoch = -1;

  constructor(state: TransactionState, keys: TargetKeys) {
    this.#state = state;
    this.#keys = keys;
    this.#found = new Array<readonly Entry[] | null>(keys.targets.length);
    this.#ofVariable = new Array<readonly Entry[] | null>(keys.variableCount);
  }

  entries(target: KeyedTarget): readonly Entry[] {
    if (target.key < 0) return target.current(this.#state);
    if (this.#epoch !== this.#state.epoch) this.#renew();
    return this.#found[target.key] ?? this.#find(target);
  }

  /** All members of a variable. */
  members(variable: VariableKeys): readonly Entry[] {
    if (this.#epoch !== this.#state.epoch) this.#renew();
    return this.#ofVariable[variable.number] ?? this.#distribute(variable);
  }

  #renew(): void {
    // Loops: the native fill costs more than these few cells.
    for (let at = 0; at < this.#found.length; at++) this.#found[at] = null;
    for (let at = 0; at < this.#ofVariable.length; at++) this.#ofVariable[at] = null;
    this.#epoch = this.#state.epoch;
  }

  #find(target: KeyedTarget): readonly Entry[] {
    const plan = this.#keys.variableOf[target.key]!;
    const all = this.#ofVariable[plan.number] ?? this.#distribute(plan);
    // Members picked by name were handed out with the variable.
    const found = target.isByName ? (this.#found[target.key] ?? NO_ENTRIES) : target.pick(all);
    this.#found[target.key] = found;
    return found;
  }

  /** Hands the members of a variable to the targets that pick them by name: one look at each, however many such targets there are. */
  #distribute({ number, variable, keysByName, steady }: VariableKeys): readonly Entry[] {
    const all = steady === null ? variable.entries(this.#state) : steady.entries(this.#state);
    this.#ofVariable[number] = all;
    if (keysByName.size === 0) return all;
    for (let at = 0; at < all.length; at++) {
      const entry = all[at]!;
      const key = keysByName.get(entry.key);
      if (key === undefined) continue;
      const named = this.#named[key];
      if (named === undefined || this.#found[key] === null) this.#found[key] = this.#named[key] = [entry];
      else named.push(entry);
    }
    return all;
  }
}
