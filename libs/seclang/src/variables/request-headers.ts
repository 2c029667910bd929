import { fixedCollection, namesOf, type Variable } from './variable.js';

/** Request headers and cookies; cookies are not decoded. */
export const requestHeaderVariables: readonly Variable[] = [
  fixedCollection('REQUEST_HEADERS', (state) => state.headers),
  fixedCollection('REQUEST_HEADERS_NAMES', (state) => namesOf(state.headers)),
  fixedCollection('REQUEST_COOKIES', (state) => state.cookies),
  fixedCollection('REQUEST_COOKIES_NAMES', (state) => namesOf(state.cookies)),
];
