import { GET, type Field } from '../raw-http2-client.js';
import { see, SMUGGLED, type SeenRequest } from './case.js';

/** `rejected`: the stream is reset, or the connection ended, before it is a request. */
type Http2Expectation =
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'normalised'; readonly seen: SeenRequest };

/** One stream of an HTTP/2 client that goes to an HTTP/1.1 origin. */
export interface Http2Case {
  readonly name: string;
  readonly why: string;
  readonly fields: readonly Field[];
  /** DATA frames; null ends the stream with its head. */
  readonly body: readonly string[] | null;
  readonly expect: Http2Expectation;
}

const DOWNGRADE = 'HTTP/2 to HTTP/1.1 downgrade: request splitting';
const FRAMING = 'RFC 9113 8.2.2: connection-specific fields; H2.TE and H2.CL';
const PSEUDO = 'RFC 9113 8.3: pseudo-header fields';

const get = (...fields: readonly Field[]): Field[] => [...GET, ...fields];
const post = (...fields: readonly Field[]): Field[] => [[':method', 'POST'], ...GET.slice(1), ...fields];
/** The fields of a GET with some pseudo-header replaced. */
const using = (name: string, value: string): Field[] => GET.map((field): Field => (field[0] === name ? [name, value] : field));
const without = (name: string): Field[] => GET.filter(([key]) => key !== name);

function refused(name: string, why: string, fields: readonly Field[], reason: string, status = 400): Http2Case {
  return { name, why, fields, body: null, expect: { kind: 'refused', status, reason } };
}
function rejected(name: string, why: string, fields: readonly Field[], body: readonly string[] | null = null): Http2Case {
  return { name, why, fields, body, expect: { kind: 'rejected' } };
}
function normalised(
  name: string,
  why: string,
  fields: readonly Field[],
  seen: SeenRequest,
  body: readonly string[] | null = null,
): Http2Case {
  return { name, why, fields, body, expect: { kind: 'normalised', seen } };
}

/** Downgrades to HTTP/1.1. nghttp2 leaves single malformed fields out. */
export const HTTP2_CASES: readonly Http2Case[] = [
  normalised(
    'CRLF in a value',
    DOWNGRADE,
    get(['x', 'a\r\nTransfer-Encoding: chunked']),
    see('GET', '/', '', { absent: ['x', 'y', 'b', 'transfer-encoding'] }),
  ),
  normalised('LF in a value', DOWNGRADE, get(['x', 'a\nb: c']), see('GET', '/', '', { absent: ['x', 'y', 'b', 'transfer-encoding'] })),
  normalised('CR in a value', DOWNGRADE, get(['x', 'a\rb']), see('GET', '/', '', { absent: ['x', 'y', 'b', 'transfer-encoding'] })),
  normalised('NUL in a value', DOWNGRADE, get(['x', 'a\0b']), see('GET', '/', '', { absent: ['x', 'y', 'b', 'transfer-encoding'] })),
  normalised('CRLF in a name', DOWNGRADE, get(['x: 1\r\ny', '2']), see('GET', '/', '', { absent: ['x', 'y', 'b', 'transfer-encoding'] })),
  normalised('a colon in a name', DOWNGRADE, get(['x: y', '2']), see('GET', '/', '', { absent: ['x', 'y', 'b', 'transfer-encoding'] })),
  normalised(
    'a space in a name',
    'RFC 9113 8.2.1',
    get(['x y', '2']),
    see('GET', '/', '', { absent: ['x', 'y', 'b', 'transfer-encoding'] }),
  ),
  rejected('capitals in a name', 'RFC 9113 8.2.1', get(['X-Test', '2'])),
  normalised('an empty name', 'RFC 9113 8.2.1', get(['', '2']), see('GET', '/', '', { absent: ['x', 'y', 'b', 'transfer-encoding'] })),
  normalised(
    'a high byte in a name',
    'RFC 9113 8.2.1',
    get(['x\xff', '2']),
    see('GET', '/', '', { absent: ['x', 'y', 'b', 'transfer-encoding'] }),
  ),
  rejected('transfer-encoding', FRAMING, post(['transfer-encoding', 'chunked']), [`0\r\n\r\n${SMUGGLED}`]),
  rejected('connection', FRAMING, get(['connection', 'close'])),
  rejected('keep-alive', FRAMING, get(['keep-alive', '5'])),
  rejected('proxy-connection', FRAMING, get(['proxy-connection', 'close'])),
  rejected('upgrade', FRAMING, get(['upgrade', 'h2c'])),
  rejected('te of something else than trailers', FRAMING, get(['te', 'chunked'])),
  rejected('more data than its length', 'H2.CL', post(['content-length', '3']), [`abc${SMUGGLED}`]),
  rejected('less data than its length', 'H2.CL', post(['content-length', '30']), ['abc']),
  rejected('data after a length of 0', 'H2.CL', post(['content-length', '0']), [SMUGGLED]),
  rejected('a length without data', 'RFC 9113 8.1.1', get(['content-length', '5'])),
  rejected('a length with a sign', 'RFC 9110 8.6', post(['content-length', '+3']), ['abc']),
  rejected('two lengths', 'RFC 9110 8.6', post(['content-length', '3'], ['content-length', '3']), ['abc']),
  rejected('a list of lengths', 'RFC 9110 8.6', post(['content-length', '3, 3']), ['abc']),
  rejected('CRLF in the path', DOWNGRADE, using(':path', `/ HTTP/1.1\r\nHost: a\r\n\r\n${SMUGGLED}`)),
  rejected('CRLF in the method', DOWNGRADE, using(':method', `GET / HTTP/1.1\r\nX: y\r\n`)),
  rejected('a space in the method', DOWNGRADE, using(':method', 'GET /admin HTTP/1.1')),
  rejected('CRLF in the authority', DOWNGRADE, using(':authority', 'a\r\nx: y')),
  rejected('a space in the authority', PSEUDO, using(':authority', 'a b')),
  rejected('two paths', PSEUDO, get([':path', '/b'])),
  rejected('two methods', PSEUDO, get([':method', 'POST'])),
  rejected('no path', PSEUDO, without(':path')),
  rejected('no method', PSEUDO, without(':method')),
  rejected('no scheme', PSEUDO, without(':scheme')),
  rejected('an unknown pseudo-header', PSEUDO, get([':x', 'y'])),
  rejected('the status of an answer', PSEUDO, get([':status', '200'])),
  rejected('a pseudo-header after a field', PSEUDO, [...without(':path'), ['x', 'y'], [':path', '/']]),
  rejected('extended CONNECT that was not offered', 'RFC 8441', [[':method', 'CONNECT'], [':protocol', 'websocket'], ...GET.slice(1)]),
  rejected('an empty path', PSEUDO, using(':path', '')),
  rejected('a path without slash', PSEUDO, using(':path', 'x')),
  rejected('an absolute path', PSEUDO, using(':path', 'http://b/')),
  rejected('a space in the path', DOWNGRADE, using(':path', '/ HTTP/1.1')),
  rejected('a tab in the path', DOWNGRADE, using(':path', '/\tHTTP/1.1')),
  refused('a fragment', 'RFC 9113 8.3.1', using(':path', '/a#b'), 'target-form'),
  rejected('asterisk of a GET', 'RFC 9113 8.3.1', using(':path', '*')),
  refused('a Host that differs', 'RFC 9113 8.3.1: two names, two routes', get(['host', 'b']), 'http2-authority'),
  rejected('two Hosts', 'RFC 9112 3.2', [...without(':authority'), ['host', 'a'], ['host', 'a']]),
  rejected('user information in the authority', 'RFC 9113 8.3.1', using(':authority', 'b@a')),
  rejected('no authority', 'RFC 9113 8.3.1', without(':authority')),
  refused('another scheme', 'RFC 9113 8.3.1', using(':scheme', 'ftp'), 'http2-scheme'),
  rejected('a URL as scheme', 'scheme injection', using(':scheme', 'http://b/?')),
  refused('an unknown expectation', 'RFC 9110 10.1.1', get(['expect', 'more']), 'expectation', 417),
  refused(
    'CONNECT',
    'a reverse proxy opens no tunnels',
    [
      [':method', 'CONNECT'],
      [':authority', 'b:80'],
    ],
    'connect',
    405,
  ),
  normalised(
    'a GET',
    'RFC 9113 8.3',
    get(['x', '1']),
    see('GET', '/', '', { headers: { host: 'a', x: '1' }, absent: ['content-length', 'transfer-encoding'] }),
  ),
  normalised('a body without length', 'RFC 9113 8.1', post(), see('POST', '/', 'abcdef', { absent: ['connection'] }), ['abc', 'def']),
  normalised(
    'a body with its length',
    'RFC 9113 8.1.1',
    post(['content-length', '6']),
    see('POST', '/', 'abcdef', { headers: { 'content-length': '6' } }),
    ['abc', 'def'],
  ),
  normalised('a body that looks like a request', 'H2.CL', post(), see('POST', '/', SMUGGLED), [SMUGGLED]),
  normalised('a GET with a body', 'H2.0: origins that ignore it', get(), see('GET', '/', SMUGGLED, { headers: { connection: 'close' } }), [
    SMUGGLED,
  ]),
  normalised('Host beside an equal authority', 'RFC 9113 8.3.1', get(['host', 'A']), see('GET', '/', '', { headers: { host: 'a' } })),
  normalised(
    'Host without authority',
    'RFC 9113 8.3.1',
    [...without(':authority'), ['host', 'a']],
    see('GET', '/', '', { headers: { host: 'a' } }),
  ),
  normalised(
    'cookie crumbs',
    'RFC 9113 8.2.3',
    get(['cookie', 'a=1'], ['cookie', 'b=2']),
    see('GET', '/', '', { headers: { cookie: 'a=1; b=2' } }),
  ),
  normalised('te of trailers', FRAMING, get(['te', 'trailers']), see('GET', '/', '', { absent: ['te'] })),
  normalised(
    'names with an underscore',
    'CGI origins read them as framing',
    post(['transfer_encoding', 'chunked'], ['content_length', '0']),
    see('POST', '/', 'abc', { absent: ['transfer_encoding', 'content_length'] }),
    ['abc'],
  ),
  normalised(
    'forwarding fields of a client',
    'RFC 7239 8',
    get(['x-forwarded-for', '6.6.6.6'], ['forwarded', 'for=6.6.6.6']),
    see('GET', '/', '', { headers: { 'x-forwarded-for': '127.0.0.1' }, absent: ['forwarded'] }),
  ),
  normalised(
    'http2-settings',
    'a field of an upgrade',
    get(['http2-settings', 'AAMAAABk']),
    see('GET', '/', '', { absent: ['http2-settings'] }),
  ),
];
