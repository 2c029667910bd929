import type { Random } from './random.js';

const METHODS = [
  'GET',
  'GET',
  'POST',
  'POST',
  'POST',
  'HEAD',
  'PUT',
  'OPTIONS',
  'DELETE',
  'PATCH',
  'TRACE',
  'CONNECT',
  'get',
  'X-Y',
  'G(T',
  '',
];
const TARGETS = [
  '/',
  '/',
  '/a?b=c',
  '*',
  'http://a/x?y',
  'http://b/',
  'https://a:443/',
  '//a/b',
  '/a b',
  '/#x',
  '/%00',
  '/\xe9',
  'x',
  'a:80',
  '/?\x00',
  '',
];
const VERSIONS = [
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/0.9',
  'http/1.1',
  'HTTP/1.1 ',
  '',
];
const LINE_ENDS = ['\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n', '\n\r', '\r\n '];
const NAMES = [
  ...['Content-Length', 'Content-Length', 'Transfer-Encoding', 'Transfer-Encoding', 'Connection', 'Host', 'Expect', 'TE', 'Upgrade'],
  ...['Content_Length', 'Content-Length ', 'content-length', ' Content-Length', 'Transfer-Encoding\t', 'Transfer_Encoding', 'Trailer'],
  ...['X-Forwarded-For', 'Keep-Alive', 'Sec-WebSocket-Key', 'X', '', '\x00', 'X\x0b', 'Content-Length:', 'Proxy-Connection'],
];
const VALUES = [
  ...['0', '1', '5', '05', '+5', '-1', '5, 5', '0x5', '1e1', '99999999999', '18446744073709551616', '5 ', '\t5', '5\x0b', ''],
  ...[
    'chunked',
    'chunked',
    'CHUNKED',
    'identity',
    'gzip, chunked',
    'chunked, chunked',
    'chunked;a',
    '\x0bchunked',
    'xchunked',
    '"chunked"',
  ],
  ...[
    'close',
    'keep-alive',
    'Upgrade',
    'Content-Length',
    'Transfer-Encoding, close',
    'Host',
    'X',
    '100-continue',
    'websocket',
    'h2c',
    'trailers',
  ],
  ...['a', 'b', 'a:80', 'a, b', 'a\x00b', 'a\rb', 'a\nb', '\xff', '\x01', '13', 'dGhlIHNhbXBsZSBub25jZQ=='],
];
const SIZES = [
  '0',
  '1',
  '3',
  '003',
  '5',
  'a',
  'A',
  '10',
  '0x3',
  '+3',
  '-1',
  ' 3',
  '3 ',
  '3;x',
  '3 ;x',
  '3;x="y"',
  'ffffffffffffffff',
  '',
  '3\x00',
];
const DATA = ['abc', 'abc', 'x', '', 'GET /s HTTP/1.1\r\nHost: a\r\n\r\n', '0\r\n\r\n', '\r\n', 'abcdefghij', '\x00'];

/** A run of requests by a grammar that knows what is right and, now and then, leaves it. */
export function writeRequests(random: Random): string {
  let text = random.oneIn(20) ? random.pick(LINE_ENDS) : '';
  for (let count = 1 + random.below(3); count > 0; count -= 1) text += random.oneIn(3) ? writeOdd(random) : writeGood(random);
  return text;
}

function writeGood(random: Random): string {
  const body = random.pick(DATA);
  const extra = random.oneIn(3) ? `X-${random.below(9)}: ${random.pick(['a', 'b c', '\xe9', ''])}\r\n` : '';
  const line = `${random.pick(['GET', 'POST', 'PUT', 'HEAD'])} /${random.below(99)} HTTP/1.1\r\nHost: a\r\n${extra}`;
  if (random.oneIn(2)) return `${line}Content-Length: ${body.length}\r\n\r\n${body}`;
  if (random.oneIn(2)) return `${line}\r\n`;
  const chunk = body === '' ? '' : `${body.length.toString(16)}${random.oneIn(4) ? ';x=y' : ''}\r\n${body}\r\n`;
  return `${line}Transfer-Encoding: chunked\r\n\r\n${chunk}0\r\n${random.oneIn(4) ? 'X-T: 1\r\n' : ''}\r\n`;
}

function writeOdd(random: Random): string {
  const end = (): string => random.pick(LINE_ENDS);
  let text = `${random.pick(METHODS)} ${random.pick(TARGETS)} ${random.pick(VERSIONS)}${end()}`;
  if (!random.oneIn(8)) text += `Host: a${end()}`;
  for (let count = random.below(4); count > 0; count -= 1)
    text += `${random.pick(NAMES)}:${random.pick([' ', ' ', ' ', '', '\t'])}${random.pick(VALUES)}${end()}`;
  text += end();
  const kind = random.below(3);
  if (kind === 0) return text;
  if (kind === 1) return text + random.pick(DATA);
  for (let count = random.below(3); count > 0; count -= 1) text += `${random.pick(SIZES)}${end()}${random.pick(DATA)}${end()}`;
  return `${text}0${end()}${random.oneIn(3) ? `${random.pick(NAMES)}: ${random.pick(VALUES)}${end()}` : ''}${end()}`;
}
