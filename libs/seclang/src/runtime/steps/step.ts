import type { TransactionState } from '../transaction-state.js';

/** A run-time action, bound to its ruleset. Runs for every matching value of its link. */
export interface Step {
  run(state: TransactionState): void;
}
