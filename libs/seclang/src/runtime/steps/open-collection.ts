import type { StepRecord } from '../../model/step-record.js';
import { Macro } from '../macro.js';
import type { TransactionState } from '../transaction-state.js';
import type { VariableSlots } from '../transaction-variables.js';
import type { Step } from './step.js';

/** `initcol`, `setsid`, `setuid`, `setrsc`: opens a persistent collection under a key. An empty key opens nothing. */
export class OpenCollection implements Step {
  readonly #collection: string;
  readonly #key: Macro;

  constructor(record: Extract<StepRecord, { kind: 'initcol' }>, slots: VariableSlots) {
    this.#collection = record.collection;
    this.#key = new Macro(record.key, slots);
  }

  run(state: TransactionState): void {
    const key = this.#key.expand(state);
    if (key === '') return;
    const { store, settings } = state.origin;
    state.collections ??= new Map();
    state.collectionKeys ??= new Map();
    state.collections.set(this.#collection, store.open(this.#collection, key, settings.collectionTimeoutSeconds * 1000));
    state.collectionKeys.set(this.#collection, key);
  }
}
