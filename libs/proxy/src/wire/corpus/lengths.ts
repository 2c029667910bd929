import { CHUNKED, H, normalised, refused, see, SMUGGLED, type RequestCase } from './case.js';

const post = (fields: string, body = 'abcde'): string => `POST / HTTP/1.1\r\n${H}${fields}\r\n${body}`;
const LENGTH = 'RFC 9110 8.6: Content-Length = 1*DIGIT';

/** Two lengths, a length beside chunks, and lengths that are none. */
export const LENGTH_CASES: readonly RequestCase[] = [
  refused('CL.TE', 'RFC 9112 6.3 rule 3', post(`Content-Length: 6\r\n${CHUNKED}`, '0\r\n\r\nG'), 'content-length-and-transfer-encoding'),
  refused(
    'TE.CL',
    'RFC 9112 6.3 rule 3',
    post(`${CHUNKED}Content-Length: 4\r\n`, `5c\r\n${SMUGGLED}0\r\n\r\n`),
    'content-length-and-transfer-encoding',
  ),
  refused(
    'CL.TE of a GET',
    'RFC 9112 6.3 rule 3',
    `GET / HTTP/1.1\r\n${H}Content-Length: 0\r\n${CHUNKED}\r\n0\r\n\r\n`,
    'content-length-and-transfer-encoding',
  ),
  refused('CL twice, different', 'RFC 9112 6.3 rule 5', post('Content-Length: 5\r\nContent-Length: 0\r\n'), 'content-length-repeated'),
  refused(
    'CL twice, equal',
    'RFC 9112 6.3 rule 5: rejecting is allowed, and safe',
    post('Content-Length: 5\r\ncontent-length: 5\r\n'),
    'content-length-repeated',
  ),
  refused('CL and an empty CL', 'RFC 9112 6.3 rule 5', post('Content-Length: 5\r\nContent-Length:\r\n'), 'content-length-repeated'),
  refused('CL list', 'RFC 9110 8.6: a list of equal values', post('Content-Length: 5, 5\r\n'), 'content-length'),
  refused('CL list of different values', LENGTH, post('Content-Length: 0,5\r\n'), 'content-length'),
  refused('CL with a trailing comma', LENGTH, post('Content-Length: 5,\r\n'), 'content-length'),
  refused('CL plus sign', LENGTH, post('Content-Length: +5\r\n'), 'content-length'),
  refused('CL minus', LENGTH, post('Content-Length: -5\r\n'), 'content-length'),
  refused('CL minus zero', LENGTH, post('Content-Length: -0\r\n'), 'content-length'),
  refused('CL hexadecimal', LENGTH, post('Content-Length: 0x5\r\n'), 'content-length'),
  refused('CL decimal point', LENGTH, post('Content-Length: 5.0\r\n'), 'content-length'),
  refused('CL exponent', LENGTH, post('Content-Length: 5e0\r\n'), 'content-length'),
  refused('CL underscore', LENGTH, post('Content-Length: 1_0\r\n'), 'content-length'),
  refused('CL inner space', LENGTH, post('Content-Length: 1 0\r\n'), 'content-length'),
  refused('CL quoted', LENGTH, post('Content-Length: "5"\r\n'), 'content-length'),
  refused('CL with a parameter', LENGTH, post('Content-Length: 5;x=1\r\n'), 'content-length'),
  refused('CL empty', LENGTH, post('Content-Length:\r\n'), 'content-length'),
  refused('CL past 64 bits', 'RFC 9112 6.3: integer overflow', post('Content-Length: 18446744073709551621\r\n'), 'content-length'),
  refused('CL past 32 bits in 16 digits', 'RFC 9112 6.3: integer overflow', post('Content-Length: 0000004294967301\r\n'), 'content-length'),
  refused('CL with vertical tab', 'lenient trimming', post('Content-Length: \x0b5\r\n'), 'content-length'),
  refused('CL with NBSP', 'lenient trimming', post('Content-Length: \xa05\r\n'), 'content-length'),
  refused('CL in fullwidth digits', 'digits of Unicode', post('Content-Length: \xef\xbc\x95\r\n'), 'content-length'),
  refused('CL in superscript', 'digits of latin1', post('Content-Length: \xb2\r\n', 'ab'), 'content-length'),
  normalised(
    'CL with leading zeros',
    LENGTH,
    post('Content-Length: 00005\r\n'),
    see('POST', '/', 'abcde', { headers: { 'content-length': '5' } }),
  ),
  normalised(
    'CL with white space around it',
    'RFC 9112 5.1: OWS',
    post('Content-Length: \t 5 \t\r\n'),
    see('POST', '/', 'abcde', { headers: { 'content-length': '5' } }),
  ),
  normalised(
    'CL with an underscore in its name',
    'CGI origins read it as Content-Length',
    post('Content_Length: 3\r\nContent-Length: 5\r\n'),
    see('POST', '/', 'abcde', { headers: { 'content-length': '5' }, absent: ['content_length'] }),
  ),
  normalised(
    'a body that looks like a request',
    'the length decides alone',
    post(`Content-Length: ${SMUGGLED.length}\r\n`, SMUGGLED),
    see('POST', '/', SMUGGLED),
  ),
  normalised(
    'no length means no body',
    'RFC 9112 6.3 rule 7',
    `POST /first HTTP/1.1\r\n${H}\r\n${SMUGGLED}`,
    see('POST', '/first', '', { headers: { 'content-length': '0' } }),
    see('GET', '/smuggled'),
  ),
];
