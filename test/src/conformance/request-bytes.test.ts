import { describe, expect, it } from '@jest/globals';
import type { FtwInput } from './ftw-test.js';
import { requestBytes } from './request-bytes.js';

const INPUT: FtwInput = {
  method: 'GET',
  uris: ['/'],
  version: 'HTTP/1.1',
  headers: [['Host', 'localhost']],
  body: null,
  raw: null,
  completesHeaders: true,
  savesCookies: false,
  followsRedirect: false,
};

function bytesOf(changes: Partial<FtwInput>, uri = '/'): string {
  return requestBytes({ ...INPUT, ...changes }, uri, [['X-CRS-Test', 'm']]).toString('latin1');
}

describe('the bytes of a request', () => {
  it('complete the headers, the mark last', () => {
    expect(bytesOf({})).toBe('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-CRS-Test: m\r\n\r\n');
    expect(bytesOf({ method: 'POST' })).toContain('\r\nConnection: close\r\nContent-Length: 0\r\nX-CRS-Test: m\r\n\r\n');
  });

  it('hold what the test says, however wrong', () => {
    const headers = [
      ['Content-Length', '7'],
      ['connection', 'x'],
    ] as const;
    expect(bytesOf({ method: '\tGET', version: '', headers, body: Buffer.from('a'), completesHeaders: false }, '/ü #')).toBe(
      '\tGET /\xc3\xbc # \r\nContent-Length: 7\r\nconnection: x\r\nX-CRS-Test: m\r\n\r\na',
    );
    expect(bytesOf({ method: 'POST', headers, body: Buffer.from('a') })).toMatch(
      /\r\nContent-Length: 7\r\nconnection: x\r\nContent-Type: [^\r]+\r\nX-/,
    );
  });

  it('encode a form that shows no sign of being encoded', () => {
    const sent = (body: string): string => bytesOf({ method: 'POST', body: Buffer.from(body) }).replace(/^[^]*?\r\n\r\n/, '');
    expect(sent('a=1 2&b[]=<x>&c&d=é=~')).toBe('a=1+2&b%5B%5D=%3Cx%3E&c&d=%C3%A9%3D~');
    expect(sent('a=%3C &b=<')).toBe('a=%3C &b=<');
    expect(sent('a=1+2 3')).toBe('a=1+2 3');
    expect(bytesOf({ method: 'POST', body: Buffer.from('a b'), headers: [['Content-Type', 'text/plain']] })).toMatch(/\r\n\r\na b$/);
    expect(bytesOf({ method: 'POST', body: Buffer.from('a b'), completesHeaders: false })).toMatch(/\r\n\r\na b$/);
  });

  it('end the lines of a multipart body with CRLF', () => {
    const headers = [['Content-Type', 'multipart/form-data; boundary=x']] as const;
    expect(bytesOf({ method: 'POST', headers, body: Buffer.from('--x\n\r\n--x--\n') })).toMatch(
      /Content-Length: 14\r\n[^]*\r\n\r\n--x\r\n\r\n--x--\r\n$/,
    );
  });

  it('are the raw request where there is one', () => {
    expect(bytesOf({ raw: Buffer.from('GET  /') })).toBe('GET  /');
  });
});
