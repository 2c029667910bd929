/** A request as the independent reader understood it; text is latin1. */
export interface ReadRequest {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** What became of a run of bytes. `rest` is where reading stopped; `fault` says why nothing after it can be trusted. */
export interface Reading {
  readonly requests: readonly ReadRequest[];
  readonly rest: string;
  readonly fault: string | null;
}

/** `canonical` accepts only what a careful proxy sends: no extensions, trailers, blank lines or surrounding white space. */
export type Strictness = 'grammar' | 'canonical';

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const REQUEST_LINE = new RegExp(`^(${TOKEN}) ([^\\0- \\x7f]+) (HTTP/1\\.\\d)$`);
const FIELD_LINE = new RegExp(`^(${TOKEN}):[ \\t]*([^\\0-\\x08\\n-\\x1f\\x7f]*?)[ \\t]*$`);
const CANONICAL_FIELD_LINE = new RegExp(`^(${TOKEN}): ((?:[!-~\\x80-\\xff](?:[^\\0-\\x08\\n-\\x1f\\x7f]*[!-~\\x80-\\xff])?)?)$`);
const CHUNK_LINE = /^([0-9a-fA-F]{1,12})(?:[ \t]*;[^\0-\x08\n-\x1f\x7f]*)?$/;
const CANONICAL_CHUNK_LINE = /^(0|[1-9a-f][0-9a-f]{0,11})$/;

class Malformed extends Error {}

/** Not all of it has come. */
const INCOMPLETE = Symbol('incomplete');

/**
 * Reads requests by the letter of RFC 9112, from nothing but regular expressions over the whole text: written apart from the proxy's own parsers,
 * so that a mistake of theirs is not repeated here. What two recipients could read differently is a fault.
 */
export function readRequests(text: string, strictness: Strictness): Reading {
  const requests: ReadRequest[] = [];
  let rest = text;
  for (;;) {
    if (strictness === 'grammar') while (rest.startsWith('\r\n')) rest = rest.slice(2);
    if (rest === '') return { requests, rest, fault: null };
    try {
      const read = readOne(rest, strictness);
      if (read === INCOMPLETE) return { requests, rest, fault: null };
      requests.push(read.request);
      rest = rest.slice(read.used);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return { requests, rest, fault: error.message };
    }
  }
}

function readOne(text: string, strictness: Strictness): { request: ReadRequest; used: number } | typeof INCOMPLETE {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return INCOMPLETE;
  const [line = '', ...fieldLines] = text.slice(0, headEnd).split('\r\n');
  const match = REQUEST_LINE.exec(line);
  if (match === null) throw new Malformed(`request line ${JSON.stringify(line)}`);
  const [, method = '', target = '', version = ''] = match;
  const headers = fieldLines.map((fieldLine) => readField(fieldLine, strictness));
  // Origins of the CGI kind take an underscore for a hyphen.
  const nameOf = (key: string): string => (strictness === 'canonical' ? key.toLowerCase().replaceAll('_', '-') : key.toLowerCase());
  const values = (name: string): string[] => headers.filter(([key]) => nameOf(key) === name).map(([, value]) => value);
  const hosts = values('host');
  if (hosts.length > 1 || (hosts.length === 0 && version !== 'HTTP/1.0')) throw new Malformed('Host');
  const framing = readFraming(values('content-length'), values('transfer-encoding'), version);
  const bodyStart = headEnd + 4;
  const head = { method, target, version, headers };
  if (framing === 'chunked') {
    const chunks = readChunks(text, bodyStart, strictness);
    return chunks === INCOMPLETE ? INCOMPLETE : { request: { ...head, body: chunks.body }, used: chunks.end };
  }
  const used = bodyStart + framing;
  return text.length < used ? INCOMPLETE : { request: { ...head, body: text.slice(bodyStart, used) }, used };
}

function readField(line: string, strictness: Strictness): readonly [string, string] {
  const match = (strictness === 'canonical' ? CANONICAL_FIELD_LINE : FIELD_LINE).exec(line);
  if (match === null) throw new Malformed(`field line ${JSON.stringify(line)}`);
  return [match[1] ?? '', match[2] ?? ''];
}

/** RFC 9112 6.3. */
function readFraming(lengths: readonly string[], codings: readonly string[], version: string): number | 'chunked' {
  if (lengths.length > 1 || codings.length > 1 || (lengths.length > 0 && codings.length > 0)) throw new Malformed('framing twice');
  const [coding] = codings;
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked' || version === 'HTTP/1.0') throw new Malformed('Transfer-Encoding');
    return 'chunked';
  }
  const [length] = lengths;
  if (length === undefined) return 0;
  if (!/^\d{1,15}$/.test(length)) throw new Malformed('Content-Length');
  return Number(length);
}

function readChunks(text: string, start: number, strictness: Strictness): { body: string; end: number } | typeof INCOMPLETE {
  const chunkLine = strictness === 'canonical' ? CANONICAL_CHUNK_LINE : CHUNK_LINE;
  let body = '';
  let at = start;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd === -1) return INCOMPLETE;
    const digits = chunkLine.exec(text.slice(at, lineEnd))?.[1];
    if (digits === undefined) throw new Malformed(`chunk size ${JSON.stringify(text.slice(at, lineEnd))}`);
    const size = parseInt(digits, 16);
    at = lineEnd + 2;
    if (size === 0) return readTrailers(text, at, body, strictness);
    if (text.length < at + size + 2) return INCOMPLETE;
    if (text.slice(at + size, at + size + 2) !== '\r\n') throw new Malformed('chunk end');
    body += text.slice(at, at + size);
    at += size + 2;
  }
}

function readTrailers(
  text: string,
  start: number,
  body: string,
  strictness: Strictness,
): { body: string; end: number } | typeof INCOMPLETE {
  if (text.startsWith('\r\n', start)) return { body, end: start + 2 };
  const end = text.indexOf('\r\n\r\n', start);
  if (end === -1) return INCOMPLETE;
  if (strictness === 'canonical') throw new Malformed('trailers');
  for (const line of text.slice(start, end).split('\r\n')) readField(line, strictness);
  return { body, end: end + 4 };
}
