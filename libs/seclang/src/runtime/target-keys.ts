import type { TargetRecord } from '../model/rule-record.js';
import type { Entry } from './entry.js';
import { SteadyScalar } from './steady-scalar.js';
import type { TransactionState } from './transaction-state.js';
import type { Variable } from '../variables/variable.js';

/** What is known of a target here. */
export interface KeyedTarget {
  readonly variable: Variable;
  readonly selector: string;
  /** Its number, or -1 for variables that rules change. */
  readonly key: number;
  /** Whether its members are those of one name and nothing else. */
  readonly isByName: boolean;
  /** Whether it means every member. */
  readonly picksAll: boolean;
  /** The members it means, out of all of its variable's. */
  pick(entries: readonly Entry[]): readonly Entry[];
  /** The members of a variable that rules change. */
  current(state: TransactionState): readonly Entry[];
}

/** A variable that targets of a ruleset look at, with those of them that pick members by one name. */
export interface VariableKeys {
  readonly number: number;
  readonly variable: Variable;
  readonly keysByName: Map<string, number>;
  /** Null for variables that differ from transaction to transaction. */
  readonly steady: SteadyScalar | null;
}

/** Numbers the different targets of a ruleset, so that a transaction picks the members of each once. */
export class TargetKeys {
  readonly targets: KeyedTarget[] = [];
  /** By target key: the plan of its variable. */
  readonly variableOf: VariableKeys[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #variables = new Map<string, VariableKeys>();

  get variableCount(): number {
    return this.#variables.size;
  }

  /** The number of a target that is described by these records. */
  number(target: KeyedTarget, records: readonly TargetRecord[]): number {
    const description = records.map(({ variable, selector, pattern }) => [variable, selector, pattern?.source, pattern?.flags]);
    const name = JSON.stringify(description);
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const key = this.targets.push(target) - 1;
    const plan = this.#planOf(target.variable);
    this.#numbers.set(name, key);
    this.variableOf.push(plan);
    if (target.isByName) plan.keysByName.set(target.selector, key);
    return key;
  }

  #planOf(variable: Variable): VariableKeys {
    let plan = this.#variables.get(variable.name);
    if (plan === undefined) {
      const { steadyText } = variable;
      const steady = steadyText === null ? null : new SteadyScalar(steadyText);
      plan = { number: this.#variables.size, variable, keysByName: new Map(), steady };
      this.#variables.set(variable.name, plan);
    }
    return plan;
  }
}
