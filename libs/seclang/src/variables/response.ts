import { fixedCollection, fixedScalar, namesOf, type Variable } from './variable.js';

/** The origin's answer. */
export const responseVariables: readonly Variable[] = [
  fixedScalar('RESPONSE_STATUS', (state) => (state.responseStatus === 0 ? '' : String(state.responseStatus))),
  fixedScalar('RESPONSE_PROTOCOL', (state) => state.responseProtocol),
  fixedCollection('RESPONSE_HEADERS', (state) => state.responseHeaders),
  fixedCollection('RESPONSE_HEADERS_NAMES', (state) => namesOf(state.responseHeaders)),
  fixedScalar('RESPONSE_CONTENT_TYPE', (state) => state.responseHeader('content-type').split(';', 1)[0]!.trim()),
  fixedScalar('RESPONSE_CONTENT_LENGTH', (state) => state.responseHeader('content-length')),
  fixedScalar('RESPONSE_BODY', (state) => state.responseBody ?? ''),
  fixedScalar('RESPONSE_BODY_LENGTH', (state) => String(state.responseBody?.length ?? 0)),
  fixedScalar('OUTBOUND_DATA_ERROR', (state) => ((state.responseBody?.length ?? 0) >= state.responseBodyLimit ? '1' : '0')),
];
