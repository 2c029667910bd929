import type { AssignmentRecord } from '../../model/plan-record.js';
import type { TransactionState } from '../transaction-state.js';
import type { VariableSlots } from '../transaction-variables.js';

/** TX variables get values that were known when the ruleset was compiled. */
export class Assignment {
  readonly #slots: Int32Array;
  readonly #values: readonly (string | undefined)[];

  readonly #rule: number;

  constructor({ rule, assign }: AssignmentRecord, slots: VariableSlots) {
    this.#rule = rule;
    // Only the last value of a variable is ever seen.
    const last = new Map(assign.map(([name, value]) => [slots.slot(name), value ?? undefined]));
    this.#slots = Int32Array.from(last.keys());
    this.#values = [...last.values()];
  }

  run({ tx, removedRules }: TransactionState): void {
    if (removedRules?.[this.#rule] === 1) return;
    for (let at = 0; at < this.#slots.length; at++) tx.setAt(this.#slots[at]!, this.#values[at]);
  }
}
