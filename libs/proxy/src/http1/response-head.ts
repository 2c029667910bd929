import { createHash } from 'node:crypto';
import type { HeaderPair, ResponseHead } from '../gate.js';
import { UNKNOWN_LENGTH } from '../request-record.js';
import { FAULT, type HttpFault } from './fault.js';
import { parseFields, type FieldMark, type FieldOddities } from './fields.js';
import { isTextByte, parseLength } from './octets.js';

/** RFC 6455 1.3. */
const WEB_SOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** How the end of a response body is found. */
export type ResponseFraming = 'none' | 'length' | 'chunked' | 'close';

/** A response head as the origin sent it, and how its body is framed. */
export class ResponseRecord implements ResponseHead {
  readonly headers: HeaderPair[] = [];
  /** The head as it came, at the start of this text. */
  text = '';
  /** Offsets of the field lines in `text`: from the first one's start to the empty line. */
  fieldsStart = 0;
  fieldsEnd = 0;
  /** The field lines that can't be copied on without a look. */
  readonly marks: FieldMark[] = [];
  /** The status line is written as we would write it. */
  isLineCanonical = false;
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

  get hasBody(): boolean {
    return this.framing !== 'none';
  }
}

const SP = 0x20;
const ZERO = 0x30;
const oddities: FieldOddities = { hasControl: false };

/**
 * Reads a response head, from the start of `bytes` (`text` is the same as latin1) to the end of its empty line at `end`. `requestMethod` is needed to know whether a body
 * follows (HEAD).
 * @see RFC 9112 4, 6.3
 */
export function parseResponseHead(
  bytes: Uint8Array,
  text: string,
  end: number,
  requestMethod: string,
  headerCount: number,
): ResponseRecord | HttpFault {
  const record = new ResponseRecord();
  const lineEnd = text.indexOf('\r\n');
  if (!readStatusLine(record, bytes, text, lineEnd)) return FAULT.statusLine;
  record.text = text;
  record.fieldsStart = lineEnd + 2;
  record.fieldsEnd = end - 2;
  const fault = parseFields(bytes, text, lineEnd + 2, end, { headerCount }, record.headers, record.marks, oddities);
  if (fault !== null) return fault;
  return readFraming(record, requestMethod) ?? record;
}

/** `HTTP/1.1 200 OK` or `HTTP/1.0 200`: false for anything else (RFC 9112 4). */
function readStatusLine(record: ResponseRecord, bytes: Uint8Array, text: string, end: number): boolean {
  const isModern = (bytes[7] ?? 0) !== ZERO;
  if (!text.startsWith('HTTP/1.') || !isDigit(bytes[7] ?? 0) || (bytes[8] ?? 0) !== SP) return false;
  record.status = parseLength(text.substring(9, 12));
  if (record.status < 100 || end < 12) return false;
  if (end > 12 && (bytes[12] ?? 0) !== SP) return false;
  for (let i = 13; i < end; i += 1) if (!isTextByte(bytes[i] ?? 0)) return false;
  record.protocol = isModern ? 'HTTP/1.1' : 'HTTP/1.0';
  record.keepAlive = isModern;
  record.reason = text.substring(13, Math.max(13, end));
  record.isLineCanonical = end > 12 && (bytes[7] ?? 0) === ZERO + 1;
  return true;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}

const NO_FIELD: HeaderPair = ['', ''];

function readFraming(record: ResponseRecord, requestMethod: string): HttpFault | null {
  let length = UNKNOWN_LENGTH;
  let isChunked = false;
  // All names that matter here are among the marked ones.
  for (const { index } of record.marks) {
    const [name, value] = record.headers[index] ?? NO_FIELD;
    switch (name.length) {
      case 2:
      case 7:
      case 16:
        if (isHopField(name.toLowerCase())) record.hasHopFields = true;
        break;
      case 10:
        if (name === 'Connection' && value === 'keep-alive' && record.keepAlive) record.hasHopFields = true;
        else readConnection(record, name.toLowerCase(), value);
        break;
      case 14:
        if (name !== 'Content-Length' && name.toLowerCase() !== 'content-length') break;
        if (length !== UNKNOWN_LENGTH) return FAULT.contentLength;
        length = parseLength(value);
        if (length === -1) return FAULT.contentLength;
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

/**
 * Status line and fields of an answer as they go on to an HTTP/1 client, each line with its CRLF: stretches of the origin's own head where
 * that is what composing them would give.
 */
export function relayedLines(head: ResponseRecord): string {
  const { text, status } = head;
  const isSpliced = head.isLineCanonical && head.connectionNames === null && status >= 200 && status !== 204;
  if (!isSpliced) return composedLines(head);
  let out = '';
  let copyFrom = 0;
  for (const { index, start, end, isCanonical } of head.marks) {
    const [name, value] = head.headers[index] ?? NO_FIELD;
    const isDropped = name === 'Connection' || (name !== 'Content-Length' && isHopField(name.toLowerCase()));
    if (isCanonical && !isDropped) continue;
    out += text.substring(copyFrom, start);
    copyFrom = end;
    if (!isDropped) out += `${name}: ${value}\r\n`;
  }
  return out + text.substring(copyFrom, head.fieldsEnd);
}

function composedLines(head: ResponseRecord): string {
  let out = `HTTP/1.1 ${head.status} ${head.reason}\r\n`;
  for (const [name, value] of forwardableFields(head)) out += `${name}: ${value}\r\n`;
  return out;
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
