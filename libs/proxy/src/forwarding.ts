import { detached } from '@phalanx/kit';
import { fateOf } from './field-fate.js';
import type { Endpoint, ListenerInfo } from './gate.js';
import { METHODS_WITH_BODY, type RequestRecord } from './request-record.js';

/** What forwarding needs to know of the way a request came. */
export interface Provenance {
  readonly client: Endpoint;
  readonly peer: Endpoint;
  readonly listener: ListenerInfo;
  /** The peer's own forwarding headers are believed, and continued. */
  readonly isPeerTrusted: boolean;
  /** What was written last about this connection; it changes with the host only. */
  readonly lastForwarded: ForwardedMemo;
}

/** The X-Forwarded fields of one connection for one authority. */
interface ForwardedMemo {
  authority: string;
  lines: string;
}

/** How the request body goes to the origin. */
export type ForwardBody = { readonly kind: 'none' } | { readonly kind: 'length'; readonly bytes: number } | { readonly kind: 'chunked' };

/**
 * The head that goes to the origin: always HTTP/1.1 with framing of our own, hop-by-hop fields taken off, the client's address appended to what
 * trusted peers said and in place of what others claimed.
 * @see RFC 9110 7.6.1, RFC 9112 3.2, RFC 7239
 */
export function buildForwardHead(record: RequestRecord, from: Provenance, body: ForwardBody): string {
  const isSpliced = record.text !== '' && record.connectionNames === null && !from.isPeerTrusted;
  return isSpliced ? spliceHead(record, from, body) : composeHead(record, from, body);
}

/**
 * The usual case: stretches of the client's own head, between the lines that are ours to write. A line goes on byte for byte only in the one
 * form that composing it would give.
 */
function spliceHead(record: RequestRecord, from: Provenance, body: ForwardBody): string {
  const { text, headers, authority } = record;
  const isLineKept = record.protocol === 'HTTP/1.1' && record.forwardTarget === record.target;
  let out = isLineKept ? '' : `${record.method} ${record.forwardTarget} HTTP/1.1\r\n`;
  let copyFrom = isLineKept ? 0 : record.fieldsStart;
  let hasHost = false;
  let hasLength = false;
  for (const { index, start, end, isCanonical } of record.marks) {
    const pair = headers[index];
    if (pair === undefined) continue;
    const [name, value] = pair;
    const fate = fateOf(name);
    if (isCanonical) {
      if (fate === 'keep') continue;
      if (name === 'Host' && value === authority) {
        hasHost = true;
        continue;
      }
      if (name === 'Content-Length' && body.kind === 'length' && value === String(body.bytes)) {
        hasLength = true;
        continue;
      }
    }
    out += text.substring(copyFrom, start);
    copyFrom = end;
    if (fate === 'keep') out += `${name}: ${value}\r\n`;
  }
  out += text.substring(copyFrom, record.fieldsEnd);
  if (!hasHost) out += `Host: ${authority}\r\n`;
  out += forwardedLines(from, authority);
  return (hasLength ? out : out + bodyFields(record, body)) + connectionFields(record);
}

/** The X-Forwarded fields where the client's own are not believed. */
function forwardedLines(from: Provenance, authority: string): string {
  const memo = from.lastForwarded;
  if (memo.lines === '' || memo.authority !== authority) {
    const host = authority === '' ? '' : `X-Forwarded-Host: ${authority}\r\n`;
    // Detached: an idle connection would keep the whole read alive from which its authority was cut.
    memo.lines = detached(`X-Forwarded-For: ${from.client.address}\r\nX-Forwarded-Proto: ${schemeOf(from)}\r\n${host}`);
    memo.authority = detached(authority);
  }
  return memo.lines;
}

function schemeOf(from: Provenance): string {
  return from.listener.tls ? 'https' : 'http';
}

function composeHead(record: RequestRecord, from: Provenance, body: ForwardBody): string {
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
  const scheme = schemeOf(from);
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
