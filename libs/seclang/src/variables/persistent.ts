import { volatileCollection, type Variable } from './variable.js';

/** Collections that outlive a transaction, once `initcol` (or `setsid`, `setuid`, `setrsc`) has opened them. */
export const PERSISTENT_COLLECTIONS = ['IP', 'GLOBAL', 'SESSION', 'USER', 'RESOURCE'] as const;

export const persistentVariables: readonly Variable[] = PERSISTENT_COLLECTIONS.map((name) =>
  volatileCollection(name, (state) => state.collections?.get(name)?.entries() ?? []),
);
