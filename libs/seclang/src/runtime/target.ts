import { GuardedMatcher } from '../matching/guarded-matcher.js';
import { memberTest } from '../matching/simple-matcher.js';
import type { PatternRecord } from '../model/pattern-record.js';
import type { TargetRecord } from '../model/rule-record.js';
import { findVariable } from '../variables/registry.js';
import type { Variable } from '../variables/variable.js';
import type { Entry } from './entry.js';
import type { TargetKeys } from './target-keys.js';
import type { TransactionState } from './transaction-state.js';
import type { VariableSlots } from './transaction-variables.js';

/** A target bound to its variable, without what its rule leaves out. Targets that mean the same share `key`. */
export class Target {
  readonly variable: Variable;
  readonly isCount: boolean;
  readonly selector: string;
  /** Slot of a single TX variable, or -1. */
  readonly slot: number;
  /** Number of what this target means, or -1 for variables that rules change. */
  readonly key: number;
  /** Whether a member of that name is meant; null where the target has no pattern. */
  readonly #picks: ((name: string) => boolean) | null;
  readonly #exclusions: readonly ((entry: Entry) => boolean)[];
  /** For a pattern over TX names: the slots it picks, once asked. */
  #slots: readonly number[] | null = null;

  /** `excluded` are the exclusions of the same link; those of other variables are none of this target's. */
  constructor(record: TargetRecord, excluded: readonly TargetRecord[], keys: TargetKeys, slots: VariableSlots) {
    const variable = findVariable(record.variable);
    if (variable === undefined) throw new TypeError(`no variable ${record.variable}`);
    const own = excluded.filter((exclusion) => exclusion.variable === record.variable);
    this.variable = variable;
    this.isCount = record.mode === 'count';
    this.selector = record.selector;
    this.#picks = record.pattern === null ? null : nameTest(record.pattern);
    this.#exclusions = own.map(coveredBy);
    this.slot = variable.name === 'TX' && record.selector !== '' && own.length === 0 ? slots.slot(record.selector) : -1;
    this.key = variable.isFixed ? keys.number(this, [record, ...own]) : -1;
  }

  /** Whether the members are those of one name and nothing else. */
  get isByName(): boolean {
    return this.selector !== '' && this.#picks === null && this.#exclusions.length === 0;
  }

  get picksAll(): boolean {
    return this.selector === '' && this.#picks === null && this.#exclusions.length === 0;
  }

  /** The members this target means, out of all of its variable's. */
  pick(entries: readonly Entry[]): readonly Entry[] {
    const named = this.#named(entries);
    if (this.#exclusions.length === 0 || named.length === 0) return named;
    for (let at = 0; at < named.length; at++) if (this.#leavesOut(named[at]!)) return named.filter((entry) => !this.#leavesOut(entry));
    return named;
  }

  #leavesOut(entry: Entry): boolean {
    const exclusions = this.#exclusions;
    for (let at = 0; at < exclusions.length; at++) if (exclusions[at]!(entry)) return true;
    return false;
  }

  /** The members of a variable that rules change. */
  current(state: TransactionState): readonly Entry[] {
    const picks = this.#picks;
    if (picks === null || this.variable.name !== 'TX' || this.#exclusions.length > 0) return this.pick(this.variable.entries(state));
    const { names } = state.tx.slots;
    this.#slots ??= names.flatMap((name, slot) => (picks(name) ? [slot] : []));
    return state.tx.select(this.#slots, picks);
  }

  /** The name a match in `entry` is reported under, such as `ARGS:id`. */
  nameOf(entry: Entry): string {
    if (this.variable.name === 'MATCHED_VARS') return entry.name;
    return this.variable.shape === 'scalar' ? this.variable.name : `${this.variable.name}:${entry.name}`;
  }

  #named(entries: readonly Entry[]): readonly Entry[] {
    const picks = this.#picks;
    if (picks !== null) return entries.filter((entry) => picks(entry.name));
    return this.selector === '' ? entries : entries.filter((entry) => entry.key === this.selector);
  }
}

function coveredBy({ selector, pattern }: TargetRecord): (entry: Entry) => boolean {
  if (pattern === null) return selector === '' ? () => true : (entry) => entry.key === selector;
  const covers = nameTest(pattern);
  return (entry) => covers(entry.name);
}

function nameTest(pattern: PatternRecord): (name: string) => boolean {
  const simple = memberTest(pattern);
  if (simple !== null) return simple;
  const matcher = new GuardedMatcher(pattern);
  return (name) => matcher.test(name);
}
