import { GuardedMatcher } from '../matching/guarded-matcher.js';
import type { PatternMatcher } from '../matching/pattern-matcher.js';
import type { TargetRecord } from '../model/rule-record.js';
import { findVariable } from '../variables/registry.js';
import type { Variable } from '../variables/variable.js';
import type { Entry } from './entry.js';
import type { TransactionState } from './transaction-state.js';
import type { VariableSlots } from './transaction-variables.js';

/** A target bound to its variable. Targets that mean the same share `key`, under which a transaction keeps what it found. */
export class Target {
  readonly variable: Variable;
  readonly isCount: boolean;
  readonly selector: string;
  readonly matcher: PatternMatcher | null;
  /** Slot of a single TX variable, or -1. */
  readonly slot: number;
  /** Number of (variable, selector), or -1 for variables that rules change. */
  readonly key: number;
  /** Number of the variable alone. */
  readonly baseKey: number;
  /** For a pattern over TX names: the slots it picks, once asked. */
  #slots: readonly number[] | null = null;

  constructor(record: TargetRecord, keys: TargetKeys, slots: VariableSlots) {
    const variable = findVariable(record.variable);
    if (variable === undefined) throw new TypeError(`no variable ${record.variable}`);
    this.variable = variable;
    this.isCount = record.mode === 'count';
    this.selector = record.selector;
    this.matcher = record.pattern === null ? null : new GuardedMatcher(record.pattern);
    this.slot = variable.name === 'TX' && record.selector !== '' ? slots.slot(record.selector) : -1;
    this.baseKey = variable.isFixed ? keys.number(variable.name) : -1;
    this.key = variable.isFixed ? keys.number(`${variable.name}\0${record.selector}\0${record.pattern?.source ?? ''}`) : -1;
  }

  /** The members this target means, out of all of its variable's. */
  pick(entries: readonly Entry[]): readonly Entry[] {
    if (this.matcher !== null) return entries.filter((entry) => this.matcher?.test(entry.name) === true);
    return this.selector === '' ? entries : entries.filter((entry) => entry.key === this.selector);
  }

  /** The members of a variable that rules change. */
  current(state: TransactionState): readonly Entry[] {
    const { matcher } = this;
    if (matcher === null || this.variable.name !== 'TX') return this.pick(this.variable.entries(state));
    const { names } = state.tx.slots;
    this.#slots ??= names.flatMap((name, slot) => (matcher.test(name) ? [slot] : []));
    return state.tx.select(this.#slots, (name) => matcher.test(name));
  }

  /** The name a match in `entry` is reported under, such as `ARGS:id`. */
  nameOf(entry: Entry): string {
    if (this.variable.name === 'MATCHED_VARS') return entry.name;
    return this.variable.shape === 'scalar' ? this.variable.name : `${this.variable.name}:${entry.name}`;
  }
}

/** Numbers for distinct targets. */
export class TargetKeys {
  readonly #numbers = new Map<string, number>();

  get count(): number {
    return this.#numbers.size;
  }

  number(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** What a transaction has found for the fixed targets; each answer holds until a new part of the transaction arrives. */
export class TargetCache {
  readonly #state: TransactionState;
  readonly #found: (readonly Entry[] | undefined)[];
  #epoch = -1;

  constructor(state: TransactionState, keyCount: number) {
    this.#state = state;
    this.#found = new Array<readonly Entry[] | undefined>(keyCount).fill(undefined);
  }

  entries(target: Target): readonly Entry[] {
    if (target.key < 0) return target.current(this.#state);
    if (this.#epoch !== this.#state.epoch) {
      this.#found.fill(undefined);
      this.#epoch = this.#state.epoch;
    }
    return (this.#found[target.key] ??= target.pick((this.#found[target.baseKey] ??= target.variable.entries(this.#state))));
  }
}
