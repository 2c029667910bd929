/** What the bytes that a client got are: one whole answer, the beginning of one, or something else. */
export type AnswerReading =
  { readonly kind: 'whole'; readonly status: number } | { readonly kind: 'cut' } | { readonly kind: 'wrong'; readonly why: string };

const STATUS_LINE = /^HTTP\/1\.1 ([1-9]\d\d) [^\0-\x08\n-\x1f\x7f]*$/;
const FIELD_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\0\r\n]*$/;
const CUT: AnswerReading = { kind: 'cut' };

const wrong = (why: string): AnswerReading => ({ kind: 'wrong', why });

/** Reads everything that came over one connection, up to its close, as the answer to one request of a method: interim answers, then one final. */
export function readAnswer(text: string, method: string): AnswerReading {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return CUT;
  const [line = '', ...fields] = text.slice(0, headEnd).split('\r\n');
  const status = Number(STATUS_LINE.exec(line)?.[1] ?? 0);
  if (status === 0) return wrong(`status line ${JSON.stringify(line)}`);
  const odd = fields.find((field) => !FIELD_LINE.test(field));
  if (odd !== undefined) return wrong(`field line ${JSON.stringify(odd)}`);
  const rest = text.slice(headEnd + 4);
  if (status < 200) return readAnswer(rest, method);
  const values = (name: string): string[] =>
    fields.filter((field) => field.toLowerCase().startsWith(`${name}:`)).map((field) => field.slice(name.length + 1).trim());
  return readBody(rest, status, method, values('content-length'), values('transfer-encoding'));
}

/** RFC 9112 6.3. */
function readBody(rest: string, status: number, method: string, lengths: readonly string[], codings: readonly string[]): AnswerReading {
  const [length] = lengths;
  const [coding] = codings;
  if (lengths.length + codings.length > 1) return wrong('two framings');
  if (method === 'HEAD' || status === 204 || status === 304)
    return rest === '' ? { kind: 'whole', status } : wrong('a body that must not be');
  if (coding !== undefined) return coding.toLowerCase() === 'chunked' ? readChunks(rest, status) : wrong(`coding ${coding}`);
  if (length === undefined) return { kind: 'whole', status };
  if (!/^\d+$/.test(length)) return wrong(`length ${length}`);
  if (rest.length > Number(length)) return wrong('bytes after the body');
  return rest.length < Number(length) ? CUT : { kind: 'whole', status };
}

function readChunks(text: string, status: number): AnswerReading {
  let at = 0;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd === -1) return CUT;
    if (!/^[0-9a-f]+$/.test(text.slice(at, lineEnd))) return wrong(`chunk size ${JSON.stringify(text.slice(at, lineEnd))}`);
    const size = parseInt(text.slice(at, lineEnd), 16);
    if (size === 0)
      return text.slice(lineEnd + 2) === '\r\n'
        ? { kind: 'whole', status }
        : text.length < lineEnd + 4
          ? CUT
          : wrong('bytes after the body');
    at = lineEnd + 2 + size + 2;
    if (text.length < at) return CUT;
    if (text.slice(at - 2, at) !== '\r\n') return wrong('chunk end');
  }
}
