import type { TransactionState } from '../runtime/transaction-state.js';
import { fixedSubject, steadyScalar, type Variable } from './variable.js';

/** Variables of the request line. REQUEST_URI has no scheme and host, REQUEST_URI_RAW is the target as sent; only file names are decoded. */
export const requestLineVariables: readonly Variable[] = [
  steadyScalar('REQUEST_METHOD', (state) => state.method),
  fixedSubject('REQUEST_URI', (state) => state.scalar(state.uri, state.uri === state.uriRaw ? state.line : null)),
  fixedSubject('REQUEST_URI_RAW', (state) => state.scalar(state.uriRaw, state.line)),
  fixedSubject('REQUEST_LINE', (state) => state.line),
  steadyScalar('REQUEST_PROTOCOL', (state) => state.protocol),
  fixedSubject('REQUEST_FILENAME', (state) => state.scalar(state.path, state.pathWithin)),
  fixedSubject('REQUEST_BASENAME', (state) => state.scalar(baseName(state), state.pathWithin)),
  fixedSubject('PATH_INFO', (state) => state.scalar(state.path, state.pathWithin)),
  fixedSubject('QUERY_STRING', (state) => state.scalar(state.query, state.line)),
];

function baseName({ path }: TransactionState): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
