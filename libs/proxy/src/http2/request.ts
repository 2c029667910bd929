import { isToken } from '../http1/octets.js';
import { readOriginForm } from '../http1/request-line.js';
import { RequestRecord, UNKNOWN_LENGTH } from '../request-record.js';

/** Fields that HTTP/2 has no use for and that would frame or route the HTTP/1.1 request made of it (RFC 9113 8.2.2). */
const CONNECTION_SPECIFIC = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);
const UNSAFE = /[\0-\x1f\x7f]/;
const UNSAFE_IN_TARGET = /[\0-\x20\x7f#]/;

/** Limits of a request head; bytes and counts. */
export interface Http2HeadLimits {
  readonly urlBytes: number;
  readonly headerCount: number;
}

/**
 * The request of a stream's header block (`raw`: names and values in turn). nghttp2 has refused most of what is malformed; everything that could
 * become a second request or another host on the way to an HTTP/1.1 origin is checked again here.
 * @see RFC 9113 8.2, 8.3, 10.3
 */
export function readHttp2Request(raw: readonly string[], isEnded: boolean, limits: Http2HeadLimits): RequestRecord {
  const record = new RequestRecord();
  record.protocol = 'HTTP/2';
  let authority: string | null = null;
  let host: string | null = null;
  let length: string | null = null;
  const cookies: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const value = raw[i + 1] ?? '';
    if (UNSAFE.test(value.replaceAll('\t', ' '))) record.refuse(400, 'http2-field-value');
    switch (name) {
      case ':method':
        record.method = value;
        continue;
      case ':path':
        record.target = value;
        continue;
      case ':authority':
        authority = value;
        continue;
      case ':scheme':
        if (value !== 'https' && value !== 'http') record.refuse(400, 'http2-scheme');
        continue;
      case 'host':
        if (host !== null) record.refuse(400, 'host-repeated');
        host = value;
        continue;
      case 'cookie':
        cookies.push(value);
        continue;
      case 'content-length':
        if (length !== null) record.refuse(400, 'content-length-repeated');
        length = value;
        break;
      case 'te':
        // RFC 9113 8.2.2: nothing but trailers.
        if (value.toLowerCase() !== 'trailers') record.refuse(400, 'http2-te');
        break;
      case 'expect':
        if (value.toLowerCase() === '100-continue') record.expectsContinue = true;
        else record.refuse(417, 'expectation');
        break;
      default:
        if (CONNECTION_SPECIFIC.has(name)) record.refuse(400, 'http2-connection-field');
        else if (!isToken(name)) record.refuse(400, 'http2-field-name');
    }
    record.headers.push([name, value]);
  }
  // RFC 9113 8.2.3: crumbs are one field again for HTTP/1.1.
  if (cookies.length > 0) record.headers.push(['cookie', cookies.join('; ')]);
  setAuthority(record, authority, host);
  setTarget(record, limits.urlBytes);
  setLength(record, length, isEnded);
  if (record.headers.length > limits.headerCount) record.refuse(431, 'header-count');
  return record;
}

/** RFC 9113 8.3.1: Host and `:authority` must agree, else two parties route the request differently. */
function setAuthority(record: RequestRecord, authority: string | null, host: string | null): void {
  if (authority !== null && host !== null && authority.toLowerCase() !== host.toLowerCase()) record.refuse(400, 'http2-authority');
  record.authority = authority ?? host ?? '';
  if (record.authority === '') record.refuse(400, 'host-missing');
  else record.headers.unshift(['Host', record.authority]);
}

function setTarget(record: RequestRecord, urlBytes: number): void {
  if (!isToken(record.method)) record.refuse(400, 'method-not-a-token');
  if (record.method === 'CONNECT') record.refuse(405, 'connect');
  else if (record.target.length > urlBytes) record.refuse(414, 'url-bytes');
  else if (UNSAFE_IN_TARGET.test(record.target) || !readOriginForm(record)) record.refuse(400, 'target-form');
  if (record.path === '') record.path = record.target;
}

/** RFC 9113 8.1.1: an announced length must be that of the DATA frames. */
function setLength(record: RequestRecord, length: string | null, isEnded: boolean): void {
  if (length !== null && !/^\d{1,15}$/.test(length)) record.refuse(400, 'content-length');
  const announced = length === null ? UNKNOWN_LENGTH : Number(length);
  if (isEnded && announced > 0) record.refuse(400, 'content-length');
  record.bodyLength = isEnded ? 0 : announced > 0 ? announced : UNKNOWN_LENGTH;
}
