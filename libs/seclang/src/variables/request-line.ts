import { fixedScalar, fixedSubject, steadyScalar, type Variable } from './variable.js';

/** Variables of the request line. REQUEST_URI has no scheme and host, REQUEST_URI_RAW is the target as sent; only file names are decoded. */
export const requestLineVariables: readonly Variable[] = [
  steadyScalar('REQUEST_METHOD', (state) => state.method),
  fixedScalar('REQUEST_URI', (state) => state.uri),
  fixedScalar('REQUEST_URI_RAW', (state) => state.uriRaw),
  fixedSubject('REQUEST_LINE', (state) => state.lineSubject),
  steadyScalar('REQUEST_PROTOCOL', (state) => state.protocol),
  fixedScalar('REQUEST_FILENAME', (state) => state.path),
  fixedScalar('REQUEST_BASENAME', (state) => state.path.slice(Math.max(state.path.lastIndexOf('/'), state.path.lastIndexOf('\\')) + 1)),
  fixedScalar('PATH_INFO', (state) => state.path),
  fixedSubject('QUERY_STRING', (state) => state.querySubject),
];
