import { CHUNKED, H, normalised, refused, refusedAfter, see, SMUGGLED, type RequestCase } from './case.js';

const HANDSHAKE = `GET /chat HTTP/1.1\r\n${H}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
const HOP = 'RFC 9110 7.6.1';
const EARLY = 'CL.0 and 0.CL: one side takes a body for a request';

/** Several requests on one connection, fields of one hop, upgrades and expectations. */
export const SEQUENCE_CASES: readonly RequestCase[] = [
  refusedAfter(
    'nothing after a refused head',
    'a refusal ends the connection',
    `GET /1 HTTP/1.1\r\n${H}\r\nGET /2 HTTP/1.1\n${H}\r\n${SMUGGLED}`,
    [see('GET', '/1')],
    'bare-lf',
  ),
  refused(
    'nothing after refused chunks',
    'a refusal ends the connection',
    `POST / HTTP/1.1\r\n${H}${CHUNKED}\r\nZ\r\n\r\n${SMUGGLED}`,
    'chunk-size',
  ),
  refused(
    'nothing after a request that rules may see but nobody forwards',
    'a refusal ends the connection',
    `GET /a b HTTP/1.1\r\n${H}\r\n${SMUGGLED}`,
    'target-white-space',
  ),
  refused(
    'nothing after an invalid Host',
    'a refusal ends the connection',
    `GET / HTTP/1.1\r\nHost: a b\r\n\r\n${SMUGGLED}`,
    'host-invalid',
  ),
  refused(
    'an unknown expectation with a body',
    'RFC 9110 10.1.1',
    `POST / HTTP/1.1\r\n${H}Expect: more\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
    'expectation',
    417,
  ),
  refused(
    'two expectations',
    'Expect desync',
    `POST / HTTP/1.1\r\n${H}Expect: 100-continue, 100-continue\r\nContent-Length: 3\r\n\r\nabc`,
    'expectation',
    417,
  ),
  refused(
    'an expectation with a blank in it',
    'Expect desync',
    `POST / HTTP/1.1\r\n${H}Expect: y 100-continue\r\nContent-Length: 3\r\n\r\nabc`,
    'expectation',
    417,
  ),
  normalised(
    'an expectation is met here',
    'RFC 9110 10.1.1; Expect desync',
    `POST / HTTP/1.1\r\n${H}Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc${SMUGGLED}`,
    see('POST', '/', 'abc', { absent: ['expect'] }),
    see('GET', '/smuggled'),
  ),
  normalised(
    'an expectation of a GET without body',
    'Expect desync',
    `GET / HTTP/1.1\r\n${H}Expect: 100-continue\r\n\r\n${SMUGGLED}`,
    see('GET', '/', '', { absent: ['expect'] }),
    see('GET', '/smuggled'),
  ),
  normalised(
    'a GET with a body by length',
    EARLY,
    `GET / HTTP/1.1\r\n${H}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
    see('GET', '/', SMUGGLED, { headers: { connection: 'close' } }),
  ),
  normalised(
    'a GET with a body in chunks',
    EARLY,
    `GET / HTTP/1.1\r\n${H}${CHUNKED}\r\n24\r\n${SMUGGLED}\r\n0\r\n\r\n`.replace('24\r\n', `${SMUGGLED.length.toString(16)}\r\n`),
    see('GET', '/', SMUGGLED, { headers: { connection: 'close' } }),
  ),
  normalised(
    'a HEAD with a body',
    EARLY,
    `HEAD / HTTP/1.1\r\n${H}Content-Length: 3\r\n\r\nabc`,
    see('HEAD', '/', 'abc', { headers: { connection: 'close' } }),
  ),
  normalised(
    'an OPTIONS with a body',
    EARLY,
    `OPTIONS / HTTP/1.1\r\n${H}Content-Length: 3\r\n\r\nabc${SMUGGLED}`,
    see('OPTIONS', '/', 'abc', { headers: { connection: 'close' } }),
    see('GET', '/smuggled', '', { absent: ['connection'] }),
  ),
  normalised(
    'Connection nominates the length',
    HOP,
    `POST / HTTP/1.1\r\n${H}Connection: Content-Length\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
    see('POST', '/', SMUGGLED, { absent: ['connection'] }),
  ),
  normalised(
    'Connection nominates Host',
    HOP,
    `GET / HTTP/1.1\r\n${H}Connection: Host, Cookie, Authorization\r\nCookie: a=b\r\nAuthorization: x\r\n\r\n`,
    see('GET', '/', '', { headers: { host: 'a', cookie: 'a=b', authorization: 'x' } }),
  ),
  normalised(
    'Connection nominates the forwarding fields',
    'hop-by-hop abuse',
    `GET / HTTP/1.1\r\n${H}Connection: close, X-Forwarded-For, X-Real-IP\r\nX-Forwarded-For: 6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n\r\n`,
    see('GET', '/', '', { headers: { 'x-forwarded-for': '127.0.0.1' }, absent: ['x-real-ip', 'connection'] }),
  ),
  normalised(
    'Connection nominates a field of the client',
    HOP,
    `GET / HTTP/1.1\r\n${H}Connection: X-Hop,,X-Other\r\nX-Hop: 1\r\nX-Other: 2\r\nX-Kept: 3\r\n\r\n`,
    see('GET', '/', '', { headers: { 'x-kept': '3' }, absent: ['x-hop', 'x-other'] }),
  ),
  normalised(
    'two Connection fields',
    HOP,
    `GET / HTTP/1.1\r\n${H}Connection: X-Hop\r\nConnection: X-Other\r\nX-Hop: 1\r\nX-Other: 2\r\n\r\n`,
    see('GET', '/', '', { absent: ['x-hop', 'x-other', 'connection'] }),
  ),
  normalised(
    'all fields of one hop',
    HOP,
    `GET / HTTP/1.1\r\n${H}Keep-Alive: 5\r\nProxy-Connection: keep-alive\r\nTE: trailers, chunked;q=0.5\r\nTrailer: X\r\n\r\n`,
    see('GET', '/', '', { absent: ['keep-alive', 'proxy-connection', 'te', 'trailer'] }),
  ),
  normalised(
    'h2c upgrade',
    'h2c smuggling: a tunnel past the rules',
    `GET / HTTP/1.1\r\n${H}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n`,
    see('GET', '/', '', { absent: ['upgrade', 'http2-settings', 'connection'] }),
  ),
  normalised(
    'h2c beside WebSocket',
    'h2c smuggling',
    `GET / HTTP/1.1\r\n${H}Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n\r\n`,
    see('GET', '/', '', { absent: ['upgrade', 'connection'] }),
  ),
  normalised(
    'two Upgrade fields',
    'h2c smuggling',
    `GET / HTTP/1.1\r\n${H}Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n\r\n`,
    see('GET', '/', '', { absent: ['upgrade', 'connection'] }),
  ),
  normalised(
    'a WebSocket upgrade without key',
    'WebSocket smuggling',
    `GET / HTTP/1.1\r\n${H}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    see('GET', '/', '', { absent: ['upgrade', 'connection'] }),
  ),
  normalised(
    'a WebSocket upgrade of another version',
    'WebSocket smuggling: the origin answers 426 and the proxy must not tunnel',
    HANDSHAKE.replace('13', '777'),
    see('GET', '/chat', '', { absent: ['upgrade', 'connection'] }),
  ),
  normalised(
    'a WebSocket upgrade of a POST',
    'RFC 6455 4.1',
    HANDSHAKE.replace('GET', 'POST'),
    see('POST', '/chat', '', { absent: ['upgrade', 'connection'] }),
  ),
  normalised(
    'requests behind a WebSocket upgrade that the origin declines',
    'WebSocket smuggling: what follows is judged',
    `${HANDSHAKE}${SMUGGLED}`,
    see('GET', '/chat', '', { headers: { upgrade: 'websocket', connection: 'Upgrade' } }),
    see('GET', '/smuggled'),
  ),
  normalised(
    'an upgrade without Connection',
    'RFC 9110 7.8',
    `GET / HTTP/1.1\r\n${H}Upgrade: websocket\r\n\r\n`,
    see('GET', '/', '', { absent: ['upgrade'] }),
  ),
  normalised('HTTP/1.0 without Host', 'RFC 9112 3.2', 'GET / HTTP/1.0\r\n\r\n', see('GET', '/', '', { headers: { host: '' } })),
  normalised('HTTP/1.0 ends the connection', 'RFC 9112 9.3', `GET /1 HTTP/1.0\r\n${H}\r\n${SMUGGLED}`, see('GET', '/1')),
  normalised('close ends the connection', 'RFC 9112 9.6', `GET /1 HTTP/1.1\r\n${H}Connection: close\r\n\r\n${SMUGGLED}`, see('GET', '/1')),
  normalised(
    'close after keep-alive',
    'RFC 9112 9.3',
    `GET /1 HTTP/1.1\r\n${H}Connection: keep-alive\r\nConnection: close\r\n\r\n${SMUGGLED}`,
    see('GET', '/1'),
  ),
  normalised(
    'five requests in one packet',
    'RFC 9112 9.3.2',
    Array.from({ length: 5 }, (_, i) => `POST /${i} HTTP/1.1\r\n${H}Content-Length: 1\r\n\r\n${i}`).join(''),
    ...Array.from({ length: 5 }, (_, i) => see('POST', `/${i}`, String(i))),
  ),
];
