import type { StepRecord } from '../../model/step-record.js';
import { toInteger } from '../../operators/integer.js';
import { Macro } from '../macro.js';
import type { TransactionState } from '../transaction-state.js';
import type { VariableSlots } from '../transaction-variables.js';
import type { Step } from './step.js';

/** `expirevar`: lets a member of an open persistent collection vanish after a number of seconds. */
export class ExpireVariable implements Step {
  readonly #collection: string;
  readonly #name: Macro;
  readonly #seconds: Macro;

  constructor(record: Extract<StepRecord, { kind: 'expirevar' }>, slots: VariableSlots) {
    this.#collection = record.collection;
    this.#name = new Macro(record.name, slots);
    this.#seconds = new Macro(record.seconds, slots);
  }

  run(state: TransactionState): void {
    const collection = state.collections?.get(this.#collection);
    collection?.expire(this.#name.expand(state), toInteger(this.#seconds.expand(state)) * 1000);
  }
}
