import type { StepRecord } from '../../model/step-record.js';
import { Macro } from '../macro.js';
import type { TransactionState } from '../transaction-state.js';
import type { VariableSlots } from '../transaction-variables.js';
import type { Step } from './step.js';

/** `setenv`: sets a member of the transaction's own ENV collection. */
export class SetEnvironment implements Step {
  readonly #name: Macro;
  readonly #value: Macro;

  constructor(record: Extract<StepRecord, { kind: 'setenv' }>, slots: VariableSlots) {
    this.#name = new Macro(record.name, slots);
    this.#value = new Macro(record.value, slots);
  }

  run(state: TransactionState): void {
    state.environment ??= new Map();
    state.environment.set(this.#name.expand(state), this.#value.expand(state));
  }
}
