import { CHUNKED, cut, H, normalised, refused, see, SMUGGLED, type RequestCase } from './case.js';

const chunks = (body: string): string => `POST / HTTP/1.1\r\n${H}${CHUNKED}\r\n${body}`;
const bad = (name: string, why: string, body: string, reason: string): RequestCase => refused(name, why, chunks(body), reason);
const good = (name: string, why: string, body: string, seen = 'abc'): RequestCase =>
  normalised(name, why, chunks(body), see('POST', '/', seen));
const SIZE = 'RFC 9112 7.1: chunk-size = 1*HEXDIG';
const END = 'RFC 9112 7.1: chunk-data CRLF';
const EXTENSION = 'RFC 9112 7.1.1; TERM.EXT and EXT.TERM';
const LINE = 'RFC 9112 2.2, 7.1: CRLF only';
const TRAILER = 'RFC 9110 6.5.1: framing, routing and control fields must not be in trailers';

/** Chunked framing. */
export const CHUNK_CASES: readonly RequestCase[] = [
  bad('bare LF after the size', LINE, '3\nabc\r\n0\r\n\r\n', 'bare-lf'),
  bad('bare CR after the size', LINE, '3\rXabc\r\n0\r\n\r\n', 'bare-cr'),
  bad('CR CR LF after the size', LINE, '3\r\r\nabc\r\n0\r\n\r\n', 'bare-cr'),
  bad('0x size', SIZE, '0x3\r\nabc\r\n0\r\n\r\n', 'chunk-size'),
  bad('plus sign', SIZE, '+3\r\nabc\r\n0\r\n\r\n', 'chunk-size'),
  bad('negative size', SIZE, '-3\r\nabc\r\n0\r\n\r\n', 'chunk-size'),
  bad('leading space', SIZE, ' 3\r\nabc\r\n0\r\n\r\n', 'chunk-size'),
  bad('leading tab', SIZE, '\t3\r\nabc\r\n0\r\n\r\n', 'chunk-size'),
  bad('trailing space', SIZE, '3 \r\nabc\r\n0\r\n\r\n', 'chunk-size'),
  bad('space before an extension', SIZE, '3 ;x\r\nabc\r\n0\r\n\r\n', 'chunk-size'),
  bad('empty size', SIZE, '\r\nabc\r\n0\r\n\r\n', 'chunk-size'),
  bad('size of an extension only', SIZE, ';x\r\nabc\r\n0\r\n\r\n', 'chunk-size'),
  bad('hexadecimal digits with an underscore', SIZE, '1_0\r\nabc\r\n0\r\n\r\n', 'chunk-size'),
  bad('a comma in the size', SIZE, '3,3\r\nabc\r\n0\r\n\r\n', 'chunk-size'),
  bad('NUL in the size', SIZE, '3\0\r\nabc\r\n0\r\n\r\n', 'chunk-size'),
  bad('size past 64 bits', 'integer overflow', '100000000000000003\r\nabc\r\n0\r\n\r\n', 'chunk-size'),
  bad('size of 32 zeros and a three', 'digits are counted by some parsers', `${'0'.repeat(32)}3\r\nabc\r\n0\r\n\r\n`, 'chunk-size'),
  bad('data longer than the size', END, '2\r\nabc\r\n0\r\n\r\n', 'chunk-end'),
  bad('data shorter than the size', END, '4\r\nabc\r\n0\r\n\r\n', 'chunk-end'),
  bad('data ended by LF', END, '3\r\nabc\n0\r\n\r\n', 'chunk-end'),
  bad('data ended by CR', END, '3\r\nabc\r0\r\n\r\n', 'chunk-end'),
  bad('data ended by any two bytes', 'parsers that skip two bytes', `3\r\nabcXX0\r\n\r\n`, 'chunk-end'),
  bad('data not ended', END, '3\r\nabc0\r\n\r\n', 'chunk-end'),
  bad('LF in an extension', EXTENSION, '3;a\nb\r\nabc\r\n0\r\n\r\n', 'chunk-extension'),
  bad('LF that ends an extension', EXTENSION, `3;a\nabc\r\n0\r\n\r\n`, 'chunk-extension'),
  bad('NUL in an extension', EXTENSION, '3;a\0\r\nabc\r\n0\r\n\r\n', 'chunk-extension'),
  bad('CR in an extension', EXTENSION, '3;a\rb\r\nabc\r\n0\r\n\r\n', 'bare-cr'),
  bad('LF in the extension of the last chunk', EXTENSION, `3\r\nabc\r\n0;a\n\r\n${SMUGGLED}`, 'chunk-extension'),
  bad('endless extension', 'slow and amplified', `3;${'a'.repeat(2000)}\r\nabc\r\n0\r\n\r\n`, 'chunk-extension'),
  bad('extensions of many chunks', 'slow and amplified', `${'1;abcdefghi\r\nx\r\n'.repeat(200)}0\r\n\r\n`, 'chunk-extension'),
  bad('length in a trailer', TRAILER, '0\r\nContent-Length: 5\r\n\r\n', 'trailer'),
  bad('Transfer-Encoding in a trailer', TRAILER, '0\r\nTransfer-Encoding: chunked\r\n\r\n', 'trailer'),
  bad('Host in a trailer', TRAILER, '0\r\nHost: b\r\n\r\n', 'trailer'),
  bad('Cookie in a trailer', TRAILER, '0\r\nCookie: a=b\r\n\r\n', 'trailer'),
  bad('Authorization in a trailer', TRAILER, '0\r\nAuthorization: Basic eDp5\r\n\r\n', 'trailer'),
  bad('trailer ended by LF', LINE, '0\r\nX: 1\n\n', 'bare-lf'),
  bad('trailers ended by LF LF', LINE, `0\r\n\n${SMUGGLED}`, 'bare-lf'),
  bad('folded trailer', 'RFC 9112 5.2', '0\r\nX: 1\r\n Y: 2\r\n\r\n', 'trailer'),
  bad('trailer without colon', 'RFC 9112 5', `0\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n`, 'trailer'),
  bad('NUL in a trailer', 'RFC 9110 5.5', '0\r\nX: a\0b\r\n\r\n', 'trailer'),
  bad('space before a trailer colon', 'RFC 9112 5.1', '0\r\nX : 1\r\n\r\n', 'trailer'),
  bad('endless trailers', 'slow and amplified', `0\r\n${`X: ${'a'.repeat(1000)}\r\n`.repeat(30)}\r\n`, 'trailer'),
  good('leading zeros', SIZE, '0003\r\nabc\r\n000\r\n\r\n'),
  good('capital and small digits', SIZE, 'a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n', '01234567890123456789'),
  good('extensions are taken off', EXTENSION, '3;name=value;flag\r\nabc\r\n0;last\r\n\r\n'),
  good('a quoted extension value', EXTENSION, '3;a="b;c"\r\nabc\r\n0\r\n\r\n'),
  good('harmless trailers are taken off', 'RFC 9112 7.1.2', '3\r\nabc\r\n0\r\nX-Checksum: 1\r\n\r\n'),
  good('data of CRLFs and zeros', 'the size decides alone', '7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n', '\r\n0\r\n\r\n'),
  good('many small chunks', 'RFC 9112 7.1', `${'1\r\nx\r\n'.repeat(3000)}0\r\n\r\n`, 'x'.repeat(3000)),
  normalised(
    'what follows the last chunk is the next request',
    'RFC 9112 9.3',
    `${chunks('3\r\nabc\r\n0\r\n\r\n')}${SMUGGLED}`,
    see('POST', '/', 'abc'),
    see('GET', '/smuggled'),
  ),
  cut('a body that never ends', 'RFC 9112 8', chunks('3\r\nabc\r\n')),
  cut('a body cut inside a size', 'RFC 9112 8', chunks('3')),
  cut('a body without the last CRLF', 'RFC 9112 8', chunks('3\r\nabc\r\n0\r\n')),
  cut('a body shorter than its length', 'RFC 9112 8', `POST / HTTP/1.1\r\n${H}Content-Length: 10\r\n\r\nabc`),
];
