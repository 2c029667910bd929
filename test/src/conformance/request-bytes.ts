import { encodeForm } from './form-encoding.js';
import type { FtwInput, HeaderField } from './ftw-test.js';

const FORM = 'application/x-www-form-urlencoded';
/** go-ftw gives these a length even without a body; the pattern is as loose as its own. */
const METHODS_WITH_BODY = /^POST|PUT|PATCH|DELETE$/;

/** The bytes of one request, made as go-ftw makes them: what the test says goes out, however wrong; only what is missing is added. */
export function requestBytes(input: FtwInput, uri: string, extra: readonly HeaderField[] = []): Buffer {
  if (input.raw !== null) return input.raw;
  const headers: HeaderField[] = [...input.headers];
  let body = input.body ?? Buffer.alloc(0);
  if (input.completesHeaders && body.length > 0) {
    if (!hasField(headers, 'content-type')) headers.push(['Content-Type', FORM]);
    if (valuesOf(headers, 'content-type').some((value) => value.toLowerCase() === FORM))
      body = Buffer.from(encodeForm(body.toString('latin1')), 'latin1');
  }
  // Test files are written with bare line feeds; a multipart body needs CRLF.
  if (valuesOf(headers, 'content-type').some((value) => value.toLowerCase().includes('multipart/form-data;')))
    body = Buffer.from(body.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
  if (input.completesHeaders) {
    if (!hasField(headers, 'connection')) headers.push(['Connection', 'close']);
    if (!hasField(headers, 'content-length') && (body.length > 0 || METHODS_WITH_BODY.test(input.method)))
      headers.push(['Content-Length', String(body.length)]);
  }
  headers.push(...extra);
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${input.method} ${uri} ${input.version}\r\n${fields}\r\n`, 'utf8'), body]);
}

function hasField(headers: readonly HeaderField[], wanted: string): boolean {
  return headers.some(([name]) => name.toLowerCase() === wanted);
}

function valuesOf(headers: readonly HeaderField[], wanted: string): readonly string[] {
  return headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
}
