import { CHUNKED, H, normalised, refused, see, SMUGGLED, type RequestCase } from './case.js';

const post = (fields: string, body = '0\r\n\r\n'): string => `POST / HTTP/1.1\r\n${H}${fields}\r\n${body}`;
const te = (name: string, why: string, value: string): RequestCase =>
  refused(name, why, post(`Transfer-Encoding: ${value}\r\n`), 'transfer-encoding');
const OBFUSCATED = 'TE.TE: one side takes it for chunked, the other does not';

/** Transfer-Encoding in all disguises. */
export const TRANSFER_CODING_CASES: readonly RequestCase[] = [
  refused(
    'TE identity with a length',
    'TE.TE',
    post('Transfer-Encoding: identity\r\nContent-Length: 0\r\n', SMUGGLED),
    'transfer-encoding',
  ),
  te('TE identity', 'RFC 9112 7: obsolete coding', 'identity'),
  te('TE with vertical tab', OBFUSCATED, '\tchunked\x0b'),
  te('TE with form feed', OBFUSCATED, '\x0cchunked'),
  te('TE x, chunked', OBFUSCATED, 'x, chunked'),
  te('TE chunked, identity', OBFUSCATED, 'chunked, identity'),
  te('TE chunked, chunked', 'RFC 9112 6.1: chunked twice', 'chunked, chunked'),
  te('TE gzip, chunked', 'a coding that rules could not look into', 'gzip, chunked'),
  te('TE gzip alone', 'RFC 9112 6.3 rule 4: no end', 'gzip'),
  te('TE with an empty list element', OBFUSCATED, ', chunked'),
  te('TE with a trailing comma', OBFUSCATED, 'chunked,'),
  te('TE xchunked', OBFUSCATED, 'xchunked'),
  te('TE chunkedx', OBFUSCATED, 'chunkedx'),
  te('TE quoted', OBFUSCATED, '"chunked"'),
  te('TE in single quotes', OBFUSCATED, "'chunked'"),
  te('TE empty', OBFUSCATED, ''),
  te('TE chunked;x', OBFUSCATED, 'chunked;x=1'),
  te('TE with NBSP', OBFUSCATED, '\xa0chunked'),
  te('TE with a byte-order mark', OBFUSCATED, '\xef\xbb\xbfchunked'),
  te('TE with a Kelvin sign', 'lower-casing of Unicode: K is U+212A', 'chun\xe2\x84\xaaed'),
  te('TE cow', OBFUSCATED, 'cow'),
  te('TE chunked with a comment', OBFUSCATED, 'chunked (c)'),
  te('TE with a colon', OBFUSCATED, ': chunked'),
  refused('TE twice', OBFUSCATED, post(`${CHUNKED}${CHUNKED}`), 'transfer-encoding'),
  refused('TE chunked, then identity', OBFUSCATED, post(`${CHUNKED}Transfer-encoding: identity\r\n`), 'transfer-encoding'),
  refused('TE cow, then chunked', OBFUSCATED, post(`Transfer-Encoding: cow\r\n${CHUNKED}`), 'transfer-encoding'),
  refused('TE in HTTP/1.0', 'RFC 9112 6.1', `POST / HTTP/1.0\r\n${H}${CHUNKED}\r\n0\r\n\r\n`, 'transfer-encoding-version'),
  refused(
    'TE in HTTP/1.0 with keep-alive',
    'RFC 9112 6.1',
    `POST / HTTP/1.0\r\n${H}${CHUNKED}Connection: keep-alive\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    'transfer-encoding-version',
  ),
  refused('TE in HTTP/3.0 text', 'RFC 9112 2.3', `POST / HTTP/3.0\r\n${H}${CHUNKED}\r\n0\r\n\r\n`, 'transfer-encoding-version'),
  normalised(
    'TE in capitals',
    'RFC 9112 7: case-insensitive',
    post('TRANSFER-ENCODING: CHUNKED\r\n', '3\r\nabc\r\n0\r\n\r\n'),
    see('POST', '/', 'abc'),
  ),
  normalised(
    'TE with an underscore',
    'CGI origins read it as Transfer-Encoding',
    post('Transfer_Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'),
    see('POST', '/', '0\r\n\r\n', { absent: ['transfer_encoding', 'transfer-encoding'] }),
  ),
  normalised(
    'a TE that Connection nominates',
    'hop-by-hop stripping of the framing',
    post(`Connection: Transfer-Encoding\r\n${CHUNKED}`, '3\r\nabc\r\n0\r\n\r\n'),
    see('POST', '/', 'abc'),
  ),
];
