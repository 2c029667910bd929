import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sniffContentType } from './content-sniffing.js';
import { exchange } from './exchange.js';
import { ReflectingOrigin, reflect } from './reflecting-origin.js';

let origin: ReflectingOrigin;
beforeAll(async () => {
  origin = await ReflectingOrigin.start();
});
afterAll(() => origin.stop());

async function ask(request: string): Promise<string> {
  const { answer, error } = await exchange({ port: origin.port, from: '127.0.0.1' }, Buffer.from(request), false);
  return answer?.text ?? `error: ${error}`;
}

function post(path: string, body: string): Promise<string> {
  return ask(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

describe('the reflecting back end', () => {
  it('answers what the document asks for', async () => {
    const document = JSON.stringify({ status: 418, headers: { 'X-A': 'b', 'Bad Name': 'c', 'X-Split': 'd\r\ne' }, body: '<b>é</b>' });
    expect(await post('/reflect', document)).toBe(
      "HTTP/1.1 418 I'm a Teapot\r\nX-A: b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 9\r\n\r\n<b>é</b>",
    );
    const encoded = JSON.stringify({ headers: { 'content-type': 'text/x' }, encodedBody: 'aGVsbG8=' });
    expect(await post('/reflect/', encoded)).toBe('HTTP/1.1 200 OK\r\ncontent-type: text/x\r\nContent-Length: 5\r\n\r\nhello');
  });

  it('reads chunked documents, and answers one request after the other', async () => {
    const chunked = 'POST /reflect HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"bod\r\na\r\ny": "hi"} \r\n0\r\n\r\n';
    expect(await ask(chunked)).toMatch(/\r\n\r\nhi$/);
    const before = origin.requests;
    expect(await ask(`GET /a HTTP/1.1\r\n\r\n${chunked}`)).toBe('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    expect(origin.requests).toBe(before + 2);
  });

  it('answers 200 without a body to everything else, whatever its method', async () => {
    const empty = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
    expect(await post('/reflected', '{"status":500}')).toBe(empty);
    expect(await ask('GET /reflect HTTP/1.1\r\n\r\n')).toBe(empty);
    expect(await ask('UNREAL * HTTP/1.1\r\n\r\n')).toBe(empty);
    expect(await ask('HEAD / HTTP/1.1\r\n\r\n')).toBe(empty);
  });

  it('refuses what it cannot follow', () => {
    for (const document of ['', 'x', '[]', 'null', '{"status":"a"}', '{"body":1}']) expect(reflect(Buffer.from(document)).status).toBe(400);
    for (const status of [1, 99, 600, -5])
      expect(reflect(Buffer.from(`{"status":${status}}`)).body.toString()).toBe(`Invalid status code: ${status}`);
    expect(reflect(Buffer.from('{"status":0}')).status).toBe(200);
  });

  it('names the type of a body by what it begins with', () => {
    const type = (text: string): string => sniffContentType(Buffer.from(text, 'latin1'));
    expect(type('\n <!DOCTYPE html>')).toBe('text/html; charset=utf-8');
    expect(type('<?xml version="1.0"?>')).toBe('text/xml; charset=utf-8');
    expect(type('<?php echo 1 ?>')).toBe('text/plain; charset=utf-8');
    expect(type('\x1f\x8b\x08\0')).toBe('application/x-gzip');
    expect(type('a\0b')).toBe('application/octet-stream');
    expect(type('plain')).toBe('text/plain; charset=utf-8');
  });
});
