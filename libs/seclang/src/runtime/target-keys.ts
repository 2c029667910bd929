import type { TargetRecord } from '../model/rule-record.js';
import type { Variable } from '../variables/variable.js';
import type { Target } from './target.js';

/** A variable that targets of a ruleset look at, with those of them that pick members by one name. */
export interface VariablePlan {
  readonly number: number;
  readonly variable: Variable;
  readonly keysByName: Map<string, number>;
}

/** Numbers the different targets of a ruleset, so that a transaction picks the members of each once. */
export class TargetKeys {
  readonly targets: Target[] = [];
  /** By target key: the plan of its variable. */
  readonly variableOf: VariablePlan[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #variables = new Map<string, VariablePlan>();

  get variableCount(): number {
    return this.#variables.size;
  }

  /** The number of a target that is described by these records. */
  number(target: Target, records: readonly TargetRecord[]): number {
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

  #planOf(variable: Variable): VariablePlan {
    let plan = this.#variables.get(variable.name);
    if (plan === undefined) {
      plan = { number: this.#variables.size, variable, keysByName: new Map() };
      this.#variables.set(variable.name, plan);
    }
    return plan;
  }
}
