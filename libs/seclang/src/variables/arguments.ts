import type { Entry } from '../runtime/entry.js';
import type { TransactionState } from '../runtime/transaction-state.js';
import { fixedCollection, fixedScalar, namesOf, type Variable } from './variable.js';

/** Arguments of the query string and of the body, decoded once. */
export const argumentVariables: readonly Variable[] = [
  fixedCollection('ARGS', allArguments),
  fixedCollection('ARGS_GET', (state) => state.argsGet),
  fixedCollection('ARGS_POST', (state) => state.argsPost),
  fixedCollection('ARGS_NAMES', (state) => namesOf(allArguments(state))),
  fixedCollection('ARGS_GET_NAMES', (state) => namesOf(state.argsGet)),
  fixedCollection('ARGS_POST_NAMES', (state) => namesOf(state.argsPost)),
  fixedScalar('ARGS_COMBINED_SIZE', (state) => String(combinedSize(allArguments(state)))),
];

function allArguments(state: TransactionState): readonly Entry[] {
  if (state.argsPost.length === 0) return state.argsGet;
  return state.argsGet.length === 0 ? state.argsPost : [...state.argsGet, ...state.argsPost];
}

function combinedSize(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entry.name.length + entry.text.length;
  return bytes;
}
