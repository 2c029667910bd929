/** The processors `ctl:requestBodyProcessor` can name. */
export type BodyProcessor = 'URLENCODED' | 'MULTIPART' | 'JSON' | 'XML';

/** Bounds a processor keeps to; one argument more than `argumentLimit`, or one level deeper than `jsonDepth`, is a body error. */
export interface BodyLimits {
  readonly argumentLimit: number;
  readonly jsonDepth: number;
  /** These bytes begin a longer body, whose rest nobody examines: that they end in the middle is no error. */
  readonly isTruncated?: boolean;
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

/** Text of an XML document in document order, and all its attribute values; entities are decoded to UTF-8 bytes. */
interface XmlContent {
  readonly text: string;
  readonly attributes: readonly string[];
}

/** What a processor found; `variables` holds REQBODY_ERROR, REQBODY_ERROR_MSG and, for multipart bodies, the MULTIPART_* flags. */
export interface BodyResult {
  readonly args: readonly BodyArgument[];
  readonly files: readonly BodyFile[];
  readonly variables: Readonly<Record<string, string>>;
  readonly partHeaders: readonly BodyArgument[];
  readonly xml?: XmlContent;
}

/** REQBODY_ERROR and REQBODY_ERROR_MSG for a message; the empty message means no error. */
export function errorVariables(message: string): Readonly<Record<string, string>> {
  return { REQBODY_ERROR: message === '' ? '0' : '1', REQBODY_ERROR_MSG: message };
}

/** A result of arguments alone, as the URLENCODED and JSON processors give it. */
export function argumentResult(args: readonly BodyArgument[], error: string): BodyResult {
  return { args, files: [], variables: errorVariables(error), partHeaders: [] };
}
