import { createHash } from 'node:crypto';
import type { HeaderPair, ResponseHead } from '../gate.js';
import { UNKNOWN_LENGTH } from '../request-record.js';
import { FAULT, type HttpFault } from './fault.js';
import { parseFields, type FieldOddities } from './fields.js';

/** RFC 6455 1.3. */
const WEB_SOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** How the end of a response body is found. */
export type ResponseFraming = 'none' | 'length' | 'chunked' | 'close';

/** A response head as the origin sent it, and how its body is framed. */
export class ResponseRecord implements ResponseHead {
  readonly headers: HeaderPair[] = [];
  protocol = '';
  status = 0;
  reason = '';
  framing: ResponseFraming = 'none';
  /** Body bytes that follow, or `UNKNOWN_LENGTH`. */
  bodyLength = 0;
  keepAlive = true;
  /** `Keep-Alive: timeout`, in seconds; 0 when the origin doesn't say. */
  keepAliveSeconds = 0;
  connectionNames: Set<string> | null = null;
  /** Some field is hop-by-hop, so that the fields can't go on as they are. */
  hasHopFields = false;
}

const oddities: FieldOddities = { hasControl: false };

/**
 * Reads a response head. `requestMethod` is needed to know whether a body follows (HEAD).
 * @see RFC 9112 4, 6.3
 */
export function parseResponseHead(head: string, requestMethod: string, headerCount: number): ResponseRecord | HttpFault {
  const lineEnd = head.indexOf('\r\n');
  const line = /^HTTP\/1\.(\d) ([1-9]\d\d)(?: ([^\0-\x08\x0a-\x1f\x7f]*))?$/.exec(head.substring(0, lineEnd));
  if (line === null) return FAULT.statusLine;
  const record = new ResponseRecord();
  record.protocol = line[1] === '0' ? 'HTTP/1.0' : 'HTTP/1.1';
  record.keepAlive = line[1] !== '0';
  record.status = Number(line[2]);
  record.reason = line[3] ?? '';
  const fault = parseFields(head, lineEnd + 2, { headerCount }, record.headers, oddities);
  if (fault !== null) return fault;
  return readFraming(record, requestMethod) ?? record;
}

function readFraming(record: ResponseRecord, requestMethod: string): HttpFault | null {
  let length = UNKNOWN_LENGTH;
  let isChunked = false;
  for (const [name, value] of record.headers) {
    switch (name.length) {
      case 2:
      case 7:
      case 16:
        if (isHopField(name.toLowerCase())) record.hasHopFields = true;
        break;
      case 10:
        readConnection(record, name.toLowerCase(), value);
        break;
      case 14:
        if (name.toLowerCase() !== 'content-length') break;
        if (length !== UNKNOWN_LENGTH || !/^\d{1,15}$/.test(value)) return FAULT.contentLength;
        length = Number(value);
        break;
      case 17:
        if (name.toLowerCase() !== 'transfer-encoding') break;
        if (isChunked || value.toLowerCase() !== 'chunked') return FAULT.transferEncoding;
        isChunked = true;
        record.hasHopFields = true;
        break;
      default:
    }
  }
  if (isChunked && length !== UNKNOWN_LENGTH) return FAULT.contentLengthAndTransferEncoding;
  if (isChunked && record.protocol === 'HTTP/1.0') return FAULT.transferEncodingVersion;
  setFraming(record, requestMethod, length, isChunked);
  return null;
}

/** RFC 9112 6.3, rules 1, 4, 6 and 8. */
function setFraming(record: ResponseRecord, requestMethod: string, length: number, isChunked: boolean): void {
  const { status } = record;
  if (requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304) {
    // Some origins send the body that they announce here: what comes next on this connection must not be taken for another answer.
    if (isChunked || length > 0) record.keepAlive = false;
    return;
  }
  if (isChunked) {
    record.framing = 'chunked';
    record.bodyLength = UNKNOWN_LENGTH;
  } else if (length !== UNKNOWN_LENGTH) {
    record.framing = length === 0 ? 'none' : 'length';
    record.bodyLength = length;
  } else {
    record.framing = 'close';
    record.bodyLength = UNKNOWN_LENGTH;
    record.keepAlive = false;
  }
}

function readConnection(record: ResponseRecord, name: string, value: string): void {
  if (name === 'keep-alive') {
    record.hasHopFields = true;
    record.keepAliveSeconds = Number(/\btimeout=(\d{1,6})\b/i.exec(value)?.[1] ?? 0);
  }
  if (name !== 'connection') return;
  record.hasHopFields = true;
  for (const part of value.toLowerCase().split(',')) {
    const token = part.trim();
    if (token === 'close') record.keepAlive = false;
    else if (token === 'keep-alive') record.keepAlive ||= record.protocol === 'HTTP/1.0';
    else if (token !== '' && token !== 'upgrade') (record.connectionNames ??= new Set()).add(token);
  }
}

/** Fields of an answer that go on to the client: those of this hop are taken off. */
export function forwardableFields(head: ResponseRecord): readonly HeaderPair[] {
  // RFC 9110 8.6, RFC 9112 6.1: no length on 1xx and 204.
  const isLengthForbidden = head.status < 200 || head.status === 204;
  if (!head.hasHopFields && !isLengthForbidden) return head.headers;
  return head.headers.filter(([name]) => {
    const lower = name.toLowerCase();
    if (isHopField(lower) || (isLengthForbidden && lower === 'content-length')) return false;
    return head.connectionNames === null || !head.connectionNames.has(lower);
  });
}

/** Whether a 101 agrees to the WebSocket upgrade that was asked for with this key (RFC 9110 7.8, RFC 6455 4.1). */
export function isWebSocketUpgrade(head: ResponseRecord, key: string): boolean {
  const accept = createHash('sha1').update(`${key}${WEB_SOCKET_GUID}`).digest('base64');
  return valuesOf(head, 'upgrade').toLowerCase() === 'websocket' && valuesOf(head, 'sec-websocket-accept') === accept;
}

function valuesOf(head: ResponseRecord, lowerName: string): string {
  return head.headers
    .filter(([name]) => name.toLowerCase() === lowerName)
    .map(([, value]) => value)
    .join();
}

/** RFC 9110 7.6.1: fields of one hop, besides those that `Connection` names. */
function isHopField(lowerName: string): boolean {
  switch (lowerName) {
    case 'connection':
    case 'keep-alive':
    case 'proxy-connection':
    case 'te':
    case 'trailer':
    case 'transfer-encoding':
    case 'upgrade':
      return true;
    default:
      return false;
  }
}
