import type { RequestRecord } from '../request-record.js';
import { FAULT, type HttpFault } from './fault.js';
import { isHarmlessControlByte, isTextByte, isToken } from './octets.js';

const TAB = 0x09;
const SP = 0x20;

/**
 * Reads the request line from the start of `text` to `end` (its CRLF) into the record. Lines that can be read in only one way but must not be forwarded are marked as
 * refused, so that rules see them; lines that parsers split differently are faults.
 * @see RFC 9112 3
 */
export function parseRequestLine(bytes: Uint8Array, text: string, end: number, urlBytes: number, record: RequestRecord): HttpFault | null {
  // RFC 9112 2.2: white space or a control character before the method.
  if ((bytes[0] ?? 0) <= SP) return FAULT.requestLine;
  for (let i = 0; i < end; i += 1) {
    const code = bytes[i] ?? 0;
    // RFC 9112 3: lenient parsers take HTAB, VT, FF or bare CR for the separator.
    if (code === TAB || !isTextByte(code))
      return code === 0 ? FAULT.nul : isHarmlessControlByte(code) ? FAULT.requestLine : lineFault(code);
  }
  const methodEnd = text.indexOf(' ');
  if (methodEnd <= 0 || methodEnd >= end) return FAULT.requestLine;
  let versionStart = end;
  while (bytes[versionStart - 1] !== SP) versionStart -= 1;
  const hasVersion = versionStart > methodEnd + 1;
  record.method = text.substring(0, methodEnd);
  record.target = text.substring(methodEnd + 1, hasVersion ? versionStart - 1 : end);
  record.protocol = hasVersion ? text.substring(versionStart, end) : '';
  if (record.target.length > urlBytes) return FAULT.urlBytes;
  readVersion(record);
  if (!isToken(record.method)) record.refuse(400, 'method-not-a-token');
  readTarget(record);
  return null;
}

function lineFault(code: number): HttpFault {
  return code === 0x0a ? FAULT.bareLf : code === 0x0d ? FAULT.bareCr : FAULT.requestLine;
}

/** RFC 9112 2.3: any 1.x is read as 1.1 (1.0 as itself); other versions are read likewise, answered and closed. */
function readVersion(record: RequestRecord): void {
  const version = record.protocol;
  if (version === 'HTTP/1.1') return;
  if (version === 'HTTP/1.0') {
    record.isModern = false;
    record.keepAlive = false;
    return;
  }
  const match = /^HTTP\/(\d)(?:\.(\d))?$/.exec(version);
  if (match?.[1] === '1' && match[2] !== undefined) return;
  record.keepAlive = false;
  record.isModern = false;
  if (version === '') record.refuse(400, 'version-missing');
  else if (match !== null && Number(match[1]) > 1) record.refuse(505, 'version-unsupported');
  else record.refuse(400, 'version-invalid');
}

/** RFC 9112 3.2: the four forms of a target. */
function readTarget(record: RequestRecord): void {
  const { target, method } = record;
  if (method === 'CONNECT') {
    record.path = target;
    const hasPort = /^[^/?#@]+:\d{1,5}$/.test(target);
    record.refuse(hasPort ? 405 : 400, hasPort ? 'connect' : 'connect-target');
    return;
  }
  if (target.indexOf(' ') !== -1) record.refuse(400, 'target-white-space');
  else if (target.indexOf('#') !== -1) record.refuse(400, 'target-fragment');
  if (readOriginForm(record)) return;
  const scheme = /^https?:\/\//i.exec(target);
  if (scheme === null) {
    splitQuery(record, target);
    record.refuse(400, 'target-form');
    return;
  }
  readAbsoluteForm(record, scheme[0].length);
}

/** RFC 9112 3.2.1, 3.2.4 and RFC 9113 8.3.1: a path, or `*` of OPTIONS. False when the target is neither. */
export function readOriginForm(record: RequestRecord): boolean {
  const { target } = record;
  if (target === '*') {
    record.forwardTarget = '*';
    record.path = '*';
    if (record.method !== 'OPTIONS') record.refuse(400, 'asterisk-target');
    return true;
  }
  if (target.charCodeAt(0) !== 0x2f) return false;
  record.forwardTarget = target;
  splitQuery(record, target);
  return true;
}

/** RFC 9112 3.2.2: the target's authority replaces the Host header. */
function readAbsoluteForm(record: RequestRecord, authorityStart: number): void {
  const { target } = record;
  let end = authorityStart;
  while (end < target.length && !'/?#'.includes(target.charAt(end))) end += 1;
  record.authority = target.substring(authorityStart, end);
  // RFC 9110 4.2.4: user information in a target hides the real host from a reader.
  if (record.authority === '' || record.authority.includes('@')) record.refuse(400, 'target-authority');
  const rest = target.substring(end);
  record.forwardTarget = rest.startsWith('/') ? rest : `/${rest}`;
  splitQuery(record, record.forwardTarget);
}

function splitQuery(record: RequestRecord, target: string): void {
  const mark = target.indexOf('?');
  record.path = mark === -1 ? target : target.substring(0, mark);
  record.query = mark === -1 ? '' : target.substring(mark + 1);
}
