/** What the client must get for an answer of the origin. `broken`: it is cut off, so that it can't take what it got for the whole. */
type ResponseExpectation =
  | { readonly kind: 'relayed'; readonly status: number; readonly body: string }
  | { readonly kind: 'replaced'; readonly status: number; readonly reason: string }
  | { readonly kind: 'broken' };

/** What an origin answers to one request, byte for byte. Nobody else may ever get a byte of it. */
export interface ResponseCase {
  readonly name: string;
  readonly why: string;
  readonly method: string;
  readonly answer: string;
  /** The origin closes after it. */
  readonly isClosed: boolean;
  readonly expect: ResponseExpectation;
  /** Whether the connection to the origin may carry another exchange. */
  readonly isKept: boolean;
}

/** An answer that belongs to no request. */
export const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';
const OK = 'HTTP/1.1 200 OK\r\n';
const FRAMING = 'RFC 9112 6.3';

const relayed = (body: string, status = 200): ResponseExpectation => ({ kind: 'relayed', status, body });
const wrong: ResponseExpectation = { kind: 'replaced', status: 502, reason: 'origin-malformed-response' };

function answer(
  name: string,
  why: string,
  text: string,
  expect: ResponseExpectation,
  more: Partial<Pick<ResponseCase, 'method' | 'isClosed' | 'isKept'>> = {},
): ResponseCase {
  return { name, why, method: 'GET', answer: text, isClosed: false, isKept: false, expect, ...more };
}

/** Answers on whose end two parsers could disagree, and those that bring more than was asked for. */
export const RESPONSE_CASES: readonly ResponseCase[] = [
  answer('by length', FRAMING, `${OK}Content-Length: 3\r\n\r\nabc`, relayed('abc'), { isKept: true }),
  answer('in chunks', FRAMING, `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`, relayed('abc'), { isKept: true }),
  answer('empty by length', FRAMING, `${OK}Content-Length: 0\r\n\r\n`, relayed(''), { isKept: true }),
  answer('without length', 'RFC 9112 6.3 rule 8: the close ends it', `${OK}\r\nabc`, relayed('abc'), { isClosed: true }),
  answer('HTTP/1.0 with a length', FRAMING, 'HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc', relayed('abc')),
  answer('that asks to close', 'RFC 9112 9.6', `${OK}Connection: close\r\nContent-Length: 3\r\n\r\nabc`, relayed('abc')),
  answer('bytes after the length', 'response queue poisoning', `${OK}Content-Length: 3\r\n\r\nabc${POISON}`, relayed('abc')),
  answer('a CRLF after the body', 'an old bug of servers', `${OK}Content-Length: 3\r\n\r\nabc\r\n`, relayed('abc')),
  answer(
    'bytes after the last chunk',
    'response queue poisoning',
    `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${POISON}`,
    relayed(''),
  ),
  answer('204 with a body', 'RFC 9110 6.4.1', `HTTP/1.1 204 No Content\r\n\r\n${POISON}`, relayed('', 204)),
  answer('204 that announces a body', 'RFC 9110 8.6', 'HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n', relayed('', 204)),
  answer(
    '304 with a body',
    'RFC 9110 6.4.1',
    `HTTP/1.1 304 Not Modified\r\nContent-Length: ${POISON.length}\r\n\r\n${POISON}`,
    relayed('', 304),
  ),
  answer('304 without a body', 'RFC 9112 6.3 rule 1', 'HTTP/1.1 304 Not Modified\r\n\r\n', relayed('', 304), { isKept: true }),
  answer('304 in chunks', 'RFC 9112 6.3 rule 1', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n', relayed('', 304)),
  answer('HEAD with a body', 'RFC 9110 9.3.2', `${OK}Content-Length: ${POISON.length}\r\n\r\n${POISON}`, relayed(''), { method: 'HEAD' }),
  answer('HEAD with a length', 'the announced body could still come', `${OK}Content-Length: 5\r\n\r\n`, relayed(''), { method: 'HEAD' }),
  answer('HEAD without a length', 'RFC 9112 6.3 rule 1', `${OK}X: 1\r\n\r\n`, relayed(''), { method: 'HEAD', isKept: true }),
  answer('HEAD in chunks', 'RFC 9112 6.3 rule 1', `${OK}Transfer-Encoding: chunked\r\n\r\n`, relayed(''), { method: 'HEAD' }),
  answer(
    'interim answers before it',
    'RFC 9110 15.2',
    `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 3\r\n\r\nabc`,
    relayed('abc'),
    { isKept: true },
  ),
  answer('interim answers without end', 'a flood that keeps the exchange alive', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(200), {
    kind: 'replaced',
    status: 502,
    reason: 'origin-interim-flood',
  }),
  answer('continues without end', 'a flood that keeps the exchange alive', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(200), {
    kind: 'replaced',
    status: 502,
    reason: 'origin-interim-flood',
  }),
  answer(
    '101 that nobody asked for',
    'RFC 9110 15.2.2',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    { kind: 'replaced', status: 502, reason: 'origin-unexpected-upgrade' },
  ),
  answer('length and chunks', 'RFC 9112 6.3 rule 3', `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, wrong),
  answer('two lengths', FRAMING, `${OK}Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde`, wrong),
  answer('a list of lengths', FRAMING, `${OK}Content-Length: 3, 3\r\n\r\nabc`, wrong),
  answer('a length with a sign', FRAMING, `${OK}Content-Length: +3\r\n\r\nabc`, wrong),
  answer('another coding', FRAMING, `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, wrong),
  answer('chunks in HTTP/1.0', 'RFC 9112 6.1', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', wrong),
  answer('space before a colon', 'RFC 9112 5.1', `${OK}Content-Length : 3\r\n\r\nabc`, wrong),
  answer('a folded field', 'RFC 9112 5.2', `${OK}X: 1\r\n Content-Length: 3\r\n\r\nabc`, wrong),
  answer('NUL in a field', 'RFC 9110 5.5', `${OK}X: a\0\r\nContent-Length: 3\r\n\r\nabc`, wrong),
  answer('bare LF in a field', 'RFC 9112 2.2; response splitting', `${OK}X: a\nSet-Cookie: b=c\r\nContent-Length: 3\r\n\r\nabc`, wrong),
  answer('no status line', 'HTTP/0.9', 'hello\r\n\r\n', wrong, { isClosed: true }),
  answer('a status of two digits', 'RFC 9112 4', 'HTTP/1.1 20 OK\r\n\r\n', wrong),
  answer('HTTP/2 in text', 'RFC 9112 4', 'HTTP/2 200 OK\r\n\r\n', wrong),
  answer('an endless head', 'a limit', `${OK}X: ${'a'.repeat(100_000)}`, wrong),
  answer('too many fields', 'a limit', `${OK}${'X: 1\r\n'.repeat(500)}\r\n`, wrong),
  answer('nothing', 'the origin closes', '', { kind: 'replaced', status: 502, reason: 'origin-closed' }, { isClosed: true }),
  answer('less than its length', 'RFC 9112 8', `${OK}Content-Length: 10\r\n\r\nabc`, { kind: 'broken' }, { isClosed: true }),
  answer(
    'chunks that are cut',
    'RFC 9112 8',
    `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`,
    { kind: 'broken' },
    { isClosed: true },
  ),
  answer('a wrong chunk size', 'RFC 9112 7.1', `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nZ\r\n`, { kind: 'broken' }),
  answer(
    'a framing field in trailers',
    'RFC 9110 6.5.1',
    `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n`,
    { kind: 'broken' },
  ),
];
