import type { HeaderPair } from '../gate.js';
import { RequestRecord, UNKNOWN_LENGTH } from '../request-record.js';
import { FAULT, type HttpFault } from './fault.js';
import { parseFields, type FieldOddities } from './fields.js';
import { parseLength } from './octets.js';
import { parseRequestLine } from './request-line.js';

/** Limits of a request head; bytes and counts. */
export interface HeadLimits {
  readonly headerCount: number;
  readonly urlBytes: number;
}

const NO_FIELD: HeaderPair = ['', ''];
const oddities: FieldOddities = { hasControl: false };

/** RFC 6455 4.1: 16 bytes in base64. */
const WEB_SOCKET_KEY = /^[A-Za-z0-9+/]{22}==$/;
/** Stands for repeated keys; it is none. */
const TWO_KEYS = ',';

/** Fields that `Connection` can't nominate away (RFC 9110 7.6.1): dropping them would change what the origin was asked. */
const NEVER_NOMINATED = new Set([
  'accept',
  'authorization',
  'cache-control',
  'content-length',
  'content-type',
  'cookie',
  'host',
  'origin',
  'range',
  'referer',
  'transfer-encoding',
  'user-agent',
]);

/**
 * Reads a whole request head, from the method to the empty line (both CRLFs included) that ends at `end`. `text` is the bytes as latin1,
 * one character per byte. Gives the request, or the fault that makes it unreadable.
 * @see RFC 9112 3, 5, 6
 */
export function parseRequestHead(bytes: Uint8Array, text: string, end: number, limits: HeadLimits): RequestRecord | HttpFault {
  const record = new RequestRecord();
  const lineEnd = text.indexOf('\r\n');
  const lineFault = parseRequestLine(bytes, text, lineEnd, limits.urlBytes, record);
  if (lineFault !== null) return lineFault;
  record.text = text;
  record.fieldsStart = lineEnd + 2;
  record.fieldsEnd = end - 2;
  const fieldFault = parseFields(bytes, text, lineEnd + 2, end, limits, record.headers, record.marks, oddities);
  if (fieldFault !== null) return fieldFault;
  if (oddities.hasControl) record.refuse(400, 'header-control-character');
  return readSpecialFields(record) ?? checkFraming(record) ?? record;
}

/** Whether a name is `lowerName` in any case; told by the first letter mostly. Both have the same length. */
function isNamed(name: string, lowerName: string): boolean {
  return (name.charCodeAt(0) | 0x20) === lowerName.charCodeAt(0) && name.toLowerCase() === lowerName;
}

/** What the proxy itself acts on. The length of a name tells most fields apart before any comparison. */
function readSpecialFields(record: RequestRecord): HttpFault | null {
  const isAbsoluteForm = record.authority !== '';
  let hostCount = 0;
  let hasLength = false;
  // All of these names are among the marked ones.
  for (const { index } of record.marks) {
    const [name, value] = record.headers[index] ?? NO_FIELD;
    switch (name.length) {
      case 2:
        if (isNamed(name, 'te')) record.acceptsTrailers = record.isModern && /\btrailers\b/i.test(value);
        break;
      case 4:
        if (isNamed(name, 'host')) {
          if ((hostCount += 1) > 1) return FAULT.hostRepeated;
          if (!isAbsoluteForm) record.authority = value;
          // RFC 9112 3.2.2: the target's authority counts; who goes by Host would judge and route another name.
          else if (!isSameAuthority(record.authority, value)) record.refuse(400, 'authority-mismatch');
        }
        break;
      case 6:
        if (isNamed(name, 'expect')) readExpect(record, value);
        break;
      case 7:
        if (isNamed(name, 'upgrade')) readUpgrade(record, value);
        break;
      case 10:
        if (isNamed(name, 'connection')) readConnection(record, value);
        break;
      case 14:
        if (isNamed(name, 'content-length')) {
          if (hasLength) return FAULT.contentLengthRepeated;
          hasLength = true;
          record.bodyLength = parseLength(value);
          if (record.bodyLength === -1) return FAULT.contentLength;
        }
        break;
      case 17:
        if (isNamed(name, 'transfer-encoding')) {
          if (record.hasTransferEncoding || value.toLowerCase() !== 'chunked') return FAULT.transferEncoding;
          record.hasTransferEncoding = true;
        } else if (isNamed(name, 'sec-websocket-key')) {
          record.webSocketKey = record.webSocketKey === '' ? value : TWO_KEYS;
        }
        break;
      case 21:
        if (isNamed(name, 'sec-websocket-version')) record.webSocketVersion += value;
        break;
      default:
    }
  }
  if (hasLength && record.hasTransferEncoding) return FAULT.contentLengthAndTransferEncoding;
  // RFC 9112 3.2: HTTP/1.1 demands a Host, of any form of target.
  if (hostCount === 0 && record.isModern) record.refuse(400, 'host-missing');
  return null;
}

function checkFraming(record: RequestRecord): HttpFault | null {
  if (record.hasTransferEncoding) {
    if (!record.isModern) return FAULT.transferEncodingVersion;
    record.bodyLength = UNKNOWN_LENGTH;
  }
  // An upgrade with a body, or without `Connection: upgrade`, is an ordinary request (RFC 9110 7.8).
  if (record.wantsWebSocket) record.wantsWebSocket = isWebSocketHandshake(record);
  return null;
}

/** RFC 6455 4.1. */
function isWebSocketHandshake(record: RequestRecord): boolean {
  const isUpgrade = record.isUpgradeNominated && record.bodyLength === 0 && record.method === 'GET' && record.isModern;
  return isUpgrade && record.webSocketVersion === '13' && WEB_SOCKET_KEY.test(record.webSocketKey);
}

/** Two Upgrade fields, or a list, are no WebSocket: another part of it (h2c) might be agreed to. */
function readUpgrade(record: RequestRecord, value: string): void {
  record.wantsWebSocket = !record.hasUpgrade && value.toLowerCase() === 'websocket';
  record.hasUpgrade = true;
}

/** Names compare without case, and 80 and 443 may be left out. */
function isSameAuthority(authority: string, host: string): boolean {
  return authority === host || withoutDefaultPort(authority) === withoutDefaultPort(host);
}

function withoutDefaultPort(authority: string): string {
  return authority.toLowerCase().replace(/:(?:80|443)?$/, '');
}

/** RFC 9110 10.1.1: only 100-continue is defined. */
function readExpect(record: RequestRecord, value: string): void {
  if (value.toLowerCase() !== '100-continue') record.refuse(417, 'expectation');
  else record.expectsContinue = record.isModern;
}

/** RFC 9110 7.6.1, RFC 9112 9.3. */
function readConnection(record: RequestRecord, value: string): void {
  const lower = value.toLowerCase();
  if (lower === 'keep-alive') {
    if (!record.isModern && record.protocol === 'HTTP/1.0') record.keepAlive = true;
    return;
  }
  for (const part of lower.split(',')) {
    const name = part.trim();
    if (name === 'close') record.closeAsked = true;
    else if (name === 'keep-alive') readConnection(record, name);
    else if (name === 'upgrade') record.isUpgradeNominated = true;
    else if (name !== '' && !NEVER_NOMINATED.has(name)) (record.connectionNames ??= new Set()).add(name);
  }
  if (record.closeAsked) record.keepAlive = false;
}
