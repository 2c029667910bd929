import type { RequestCase } from './case.js';
import { CHUNK_CASES } from './chunks.js';
import { FIELD_CASES } from './fields.js';
import { LENGTH_CASES } from './lengths.js';
import { REQUEST_LINE_CASES } from './request-lines.js';
import { SEQUENCE_CASES } from './sequences.js';
import { TRANSFER_CODING_CASES } from './transfer-codings.js';

/** All cases of what a client may send over HTTP/1. */
export const REQUEST_CASES: readonly RequestCase[] = [
  ...LENGTH_CASES,
  ...TRANSFER_CODING_CASES,
  ...CHUNK_CASES,
  ...FIELD_CASES,
  ...REQUEST_LINE_CASES,
  ...SEQUENCE_CASES,
];
