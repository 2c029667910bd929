import { volatileScalar, type Variable } from './variable.js';

/** Keys of the collections that `setsid` and `setuid` opened; empty before. */
export const sessionVariables: readonly Variable[] = [
  volatileScalar('SESSIONID', (state) => state.collectionKeys?.get('SESSION') ?? ''),
  volatileScalar('USERID', (state) => state.collectionKeys?.get('USER') ?? ''),
];
