import { Entry } from '../runtime/entry.js';
import { volatileCollection, type Variable } from './variable.js';

/** Variables that `setenv` made in this transaction. The process's own environment is not readable by rules. */
export const environmentVariable: Variable = volatileCollection('ENV', ({ environment }) => {
  return environment === null ? [] : [...environment].map(([name, value]) => new Entry(name, value));
});
