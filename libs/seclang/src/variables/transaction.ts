import { volatileCollection, type Variable } from './variable.js';

/** The TX collection: what rules keep for the length of a transaction, and the captures 0-9. */
export const transactionVariable: Variable = volatileCollection('TX', (state) => state.tx.entries());
