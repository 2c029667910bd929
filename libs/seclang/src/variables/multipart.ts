import { Entry } from '../runtime/entry.js';
import { fixedCollection, fixedScalar, steadyScalar, type Variable } from './variable.js';

const FLAGS = [
  'MULTIPART_BOUNDARY_QUOTED',
  'MULTIPART_BOUNDARY_WHITESPACE',
  'MULTIPART_CRLF_LF_LINES',
  'MULTIPART_DATA_AFTER',
  'MULTIPART_DATA_BEFORE',
  'MULTIPART_FILE_LIMIT_EXCEEDED',
  'MULTIPART_HEADER_FOLDING',
  'MULTIPART_INVALID_HEADER_FOLDING',
  'MULTIPART_INVALID_PART',
  'MULTIPART_INVALID_QUOTING',
  'MULTIPART_LF_LINE',
  'MULTIPART_MISSING_SEMICOLON',
  'MULTIPART_STRICT_ERROR',
  'MULTIPART_UNMATCHED_BOUNDARY',
];

/** Uploaded files (named by their form field, as in `FILES:field`), part headers, and the flags of the multipart parser. */
export const multipartVariables: readonly Variable[] = [
  fixedCollection('FILES', (state) => state.files.map((file) => new Entry(file.field, file.fileName))),
  fixedCollection('FILES_NAMES', (state) => state.files.map((file) => new Entry(file.field, file.field))),
  fixedCollection('FILES_SIZES', (state) => state.files.map((file) => new Entry(file.field, String(file.size)))),
  fixedCollection('FILES_TMP_CONTENT', (state) => state.files.map((file) => new Entry(file.field, file.content))),
  fixedScalar('FILES_COMBINED_SIZE', (state) => String(state.files.reduce((bytes, file) => bytes + file.size, 0))),
  fixedCollection('MULTIPART_PART_HEADERS', (state) => state.partHeaders),
  fixedCollection('MULTIPART_FILENAME', (state) => state.files.map((file) => new Entry(file.field, file.fileName))),
  fixedCollection('MULTIPART_NAME', (state) => state.files.map((file) => new Entry(file.field, file.field))),
  ...FLAGS.map((name) => steadyScalar(name, (state) => state.bodyVariables[name] ?? '0')),
];
