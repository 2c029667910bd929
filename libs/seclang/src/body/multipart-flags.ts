import { errorVariables } from './body-result.js';

/** What a strict reader objects to; each flag is the variable MULTIPART_<name> of the SecLang language, `1` when set. */
export type MultipartFlag =
  | 'BOUNDARY_QUOTED'
  | 'BOUNDARY_WHITESPACE'
  | 'DATA_BEFORE'
  | 'DATA_AFTER'
  | 'HEADER_FOLDING'
  | 'LF_LINE'
  | 'CRLF_LF_LINES'
  | 'MISSING_SEMICOLON'
  | 'INVALID_QUOTING'
  | 'INVALID_PART'
  | 'INVALID_HEADER_FOLDING'
  | 'FILE_LIMIT_EXCEEDED';

const flagNames = [
  'BOUNDARY_QUOTED',
  'BOUNDARY_WHITESPACE',
  'DATA_BEFORE',
  'DATA_AFTER',
  'HEADER_FOLDING',
  'LF_LINE',
  'CRLF_LF_LINES',
  'MISSING_SEMICOLON',
  'INVALID_QUOTING',
  'INVALID_PART',
  'INVALID_HEADER_FOLDING',
  'FILE_LIMIT_EXCEEDED',
] as const satisfies readonly MultipartFlag[];

/** Collects what is odd about a multipart body and turns it into variables. */
export class MultipartFlags {
  /** First reason to refuse the body; empty while there is none. */
  error = '';
  /** `1`: a line that carries the boundary yet is none; `2`: a line that merely starts like one, as signatures and diffs do. */
  unmatchedBoundary: 0 | 1 | 2 = 0;
  readonly #set = new Set<MultipartFlag>();

  set(flag: MultipartFlag): void {
    this.#set.add(flag);
  }

  fail(message: string): void {
    if (this.error === '') this.error = `Multipart: ${message}`;
  }

  /** REQBODY_ERROR and all MULTIPART_* flags; CRLF_LF_LINES alone is not a strict error, as both line ends are read alike. */
  variables(): Record<string, string> {
    const variables: Record<string, string> = { ...errorVariables(this.error) };
    let isStrictError = this.error !== '';
    for (const name of flagNames) {
      const isSet = this.#set.has(name);
      variables[`MULTIPART_${name}`] = isSet ? '1' : '0';
      isStrictError ||= isSet && name !== 'CRLF_LF_LINES';
    }
    variables['MULTIPART_SEMICOLON_MISSING'] = variables['MULTIPART_MISSING_SEMICOLON'] ?? '0';
    variables['MULTIPART_UNMATCHED_BOUNDARY'] = String(this.unmatchedBoundary);
    variables['MULTIPART_STRICT_ERROR'] = isStrictError ? '1' : '0';
    return variables;
  }
}
