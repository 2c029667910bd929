/** The processors `ctl:requestBodyProcessor` can name. */
export type BodyProcessor = 'URLENCODED' | 'MULTIPART' | 'JSON' | 'XML';

/** Bounds a processor keeps to: number of arguments, and depth of nesting in JSON and XML. */
export interface BodyLimits {
  readonly argumentLimit: number;
  readonly jsonDepth: number;
}

/** One argument or cookie; both fields are latin1 byte strings. */
export interface BodyArgument {
  readonly name: string;
  readonly value: string;
}

/** One uploaded file of a multipart body; size in bytes, content as latin1 byte string. */
export interface BodyFile {
  readonly field: string;
  readonly fileName: string;
  readonly size: number;
  readonly contentType: string;
  readonly content: string;
}

/** What a processor found; `variables` holds REQBODY_ERROR, REQBODY_ERROR_MSG and, for multipart bodies, the MULTIPART_* flags. */
export interface BodyResult {
  readonly args: readonly BodyArgument[];
  readonly files: readonly BodyFile[];
  readonly variables: Readonly<Record<string, string>>;
  readonly partHeaders: readonly BodyArgument[];
  readonly xml?: { readonly text: string; readonly attributes: readonly string[] };
}

/** A result with nothing in it and no error. */
export function emptyBodyResult(): BodyResult {
  return { args: [], files: [], variables: { REQBODY_ERROR: '0', REQBODY_ERROR_MSG: '' }, partHeaders: [] };
}
