import { Entry } from '../runtime/entry.js';
import { volatileCollection, volatileScalar, type Variable } from './variable.js';

/** What the rule in hand has matched so far: the last value, and all values of its chain. Names read `ARGS:id`. */
export const matchedVariables: readonly Variable[] = [
  volatileScalar('MATCHED_VAR', (state) => state.matchedText),
  volatileScalar('MATCHED_VAR_NAME', (state) => state.matchedName),
  volatileCollection('MATCHED_VARS', (state) => [...state.matched]),
  volatileCollection('MATCHED_VARS_NAMES', (state) => state.matched.map((entry) => new Entry(entry.name, entry.name))),
];
