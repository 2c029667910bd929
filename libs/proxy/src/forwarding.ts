import type { Endpoint, ListenerInfo } from './gate.js';
import { METHODS_WITH_BODY, type RequestRecord } from './request-record.js';

/** What forwarding needs to know of the way a request came. */
export interface Provenance {
  readonly client: Endpoint;
  readonly peer: Endpoint;
  readonly listener: ListenerInfo;
  /** The peer's own forwarding headers are believed, and continued. */
  readonly isPeerTrusted: boolean;
}

/** How the request body goes to the origin. */
export type ForwardBody = { readonly kind: 'none' } | { readonly kind: 'length'; readonly bytes: number } | { readonly kind: 'chunked' };

/** What becomes of a field on its way to the origin. */
type Fate = 'keep' | 'drop' | 'forwarded-for' | 'forwarded-proto' | 'forwarded-host' | 'forwarded' | 'untrusted-only';

/** Every field that the proxy itself deals with; all others are kept. */
const FATES: Readonly<Record<string, Fate>> = {
  host: 'drop',
  te: 'drop',
  expect: 'drop',
  trailer: 'drop',
  upgrade: 'drop',
  connection: 'drop',
  'keep-alive': 'drop',
  'content-length': 'drop',
  'http2-settings': 'drop',
  'proxy-connection': 'drop',
  'transfer-encoding': 'drop',
  'x-forwarded-for': 'forwarded-for',
  'x-forwarded-proto': 'forwarded-proto',
  'x-forwarded-host': 'forwarded-host',
  forwarded: 'forwarded',
  'x-forwarded-port': 'untrusted-only',
  'x-forwarded-server': 'untrusted-only',
  'x-real-ip': 'untrusted-only',
};
const FATE_BY_NAME = new Map<string, Fate>(Object.entries(FATES));
/** Which first letters (five low bits) names of a length begin with: most fields need no further look. */
const INITIALS = new Uint32Array(32);
for (const name of FATE_BY_NAME.keys()) INITIALS[name.length] = (INITIALS[name.length] ?? 0) | (1 << (name.charCodeAt(0) & 31));

/** CGI-like origins read `X_Forwarded_For` as `X-Forwarded-For`, so both spellings share a fate. */
function fateOf(name: string): Fate {
  if ((((INITIALS[name.length] ?? 0) >> (name.charCodeAt(0) & 31)) & 1) === 0) return 'keep';
  return FATE_BY_NAME.get(name.toLowerCase().replaceAll('_', '-')) ?? 'keep';
}

/**
 * The head that goes to the origin: always HTTP/1.1 with framing of our own, hop-by-hop fields taken off, the client's address appended to what
 * trusted peers said and in place of what others claimed.
 * @see RFC 9110 7.6.1, RFC 9112 3.2, RFC 7239
 */
export function buildForwardHead(record: RequestRecord, from: Provenance, body: ForwardBody): string {
  let forwardedFor = '';
  let forwardedProto = '';
  let forwardedHost = '';
  let forwarded = '';
  let out = `${record.method} ${record.forwardTarget} HTTP/1.1\r\nHost: ${record.authority}\r\n`;
  const nominated = record.connectionNames;
  for (const [name, value] of record.headers) {
    const fate = fateOf(name);
    switch (fate) {
      case 'keep':
        if (nominated === null || !nominated.has(name.toLowerCase())) out += `${name}: ${value}\r\n`;
        break;
      case 'drop':
        break;
      case 'untrusted-only':
        if (from.isPeerTrusted) out += `${name}: ${value}\r\n`;
        break;
      case 'forwarded-for':
        if (from.isPeerTrusted) forwardedFor += `${value}, `;
        break;
      case 'forwarded-proto':
        if (from.isPeerTrusted) forwardedProto = value;
        break;
      case 'forwarded-host':
        if (from.isPeerTrusted) forwardedHost = value;
        break;
      case 'forwarded':
        if (from.isPeerTrusted) forwarded += `${value}, `;
        break;
    }
  }
  const hop = from.isPeerTrusted ? from.peer.address : from.client.address;
  const scheme = from.listener.tls ? 'https' : 'http';
  out += `X-Forwarded-For: ${forwardedFor}${hop}\r\nX-Forwarded-Proto: ${forwardedProto || scheme}\r\n`;
  if (forwardedHost !== '' || record.authority !== '') out += `X-Forwarded-Host: ${forwardedHost || record.authority}\r\n`;
  if (forwarded !== '') out += `Forwarded: ${forwarded}for=${forwardedNode(hop)};proto=${scheme}\r\n`;
  return out + bodyFields(record, body) + connectionFields(record);
}

/** The end of the head. */
function connectionFields(record: RequestRecord): string {
  if (record.wantsWebSocket) return 'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  return record.hasUnexpectedBody ? 'Connection: close\r\n\r\n' : '\r\n';
}

function bodyFields(record: RequestRecord, body: ForwardBody): string {
  if (body.kind === 'length') return `Content-Length: ${body.bytes}\r\n`;
  if (body.kind === 'chunked') return 'Transfer-Encoding: chunked\r\n';
  // RFC 9110 8.6: methods that usually have a body say that this one has none.
  return METHODS_WITH_BODY.has(record.method) ? 'Content-Length: 0\r\n' : '';
}

/** RFC 7239 6: IPv6 in brackets and quoted. */
function forwardedNode(address: string): string {
  return address.includes(':') ? `"[${address}]"` : address;
}
