import type { StepRecord } from '../../model/step-record.js';
import { toInteger } from '../../operators/integer.js';
import { Macro } from '../macro.js';
import type { TransactionState } from '../transaction-state.js';
import type { VariableSlots } from '../transaction-variables.js';
import { SoughtTexts } from './sought-texts.js';
import type { Step } from './step.js';

type Record = Extract<StepRecord, { kind: 'setvar' }>;

/** `setvar`: writes, adds to, subtracts from or unsets a member of TX or of an open persistent collection. */
export class SetVariable implements Step {
  readonly #collection: string;
  readonly #operation: Record['operation'];
  readonly #name: Macro;
  readonly #value: Macro;
  readonly #slot: number;
  /** What is asked for of what is written; null where anything may be. */
  readonly sought: SoughtTexts | null;

  constructor(record: Record, slots: VariableSlots) {
    this.#collection = record.collection;
    this.#operation = record.operation;
    this.#name = new Macro(record.name, slots);
    this.#value = new Macro(record.value, slots);
    this.sought = record.sought === undefined ? null : new SoughtTexts(record.sought);
    this.#slot = record.collection === 'TX' && typeof record.name === 'string' ? slots.slot(record.name) : -1;
  }

  run(state: TransactionState): void {
    if (this.#slot >= 0) {
      state.tx.setAt(this.#slot, this.#next(state, this.#operation === 'set' ? undefined : state.tx.at(this.#slot)));
    } else if (this.sought !== null && this.sought.isMissing(state.tx.at(this.sought.capture) ?? '')) {
      return;
    } else if (this.#collection === 'TX') {
      const name = this.#name.expand(state);
      state.tx.set(name, this.#next(state, state.tx.get(name)));
    } else {
      this.#runPersistent(state);
    }
  }

  #runPersistent(state: TransactionState): void {
    const collection = state.collections?.get(this.#collection);
    if (collection === undefined) return;
    const name = this.#name.expand(state);
    switch (this.#operation) {
      case 'set':
        return collection.set(name, this.#value.expand(state));
      // What is read here may be changed elsewhere before it is written: the store adds.
      case 'add':
        return collection.add(name, toInteger(this.#value.expand(state)));
      case 'subtract':
        return collection.add(name, -toInteger(this.#value.expand(state)));
      case 'unset':
        return collection.delete(name);
      default:
        this.#operation satisfies never;
    }
  }

  #next(state: TransactionState, current: string | undefined): string | undefined {
    switch (this.#operation) {
      case 'set':
        return this.#value.expand(state);
      case 'add':
        return String(toInteger(current ?? '0') + toInteger(this.#value.expand(state)));
      case 'subtract':
        return String(toInteger(current ?? '0') - toInteger(this.#value.expand(state)));
      case 'unset':
        return undefined;
      default:
        return this.#operation satisfies never;
    }
  }
}
