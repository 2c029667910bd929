import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RequestRecord } from '../request-record.js';
import { ChunkedDecoder } from './chunked-decoder.js';
import { parseRequestHead } from './request-head.js';
import { parseResponseHead, ResponseRecord } from './response-head.js';

const LIMITS = { headerCount: 100, urlBytes: 8192 };

function parse(head: string): RequestRecord | string {
  const parsed = parseRequestHead(Buffer.from(head, 'latin1'), head, head.length, LIMITS);
  return parsed instanceof RequestRecord ? parsed : parsed.reason;
}

function parseResponse(head: string, method: string, headerCount: number): ReturnType<typeof parseResponseHead> {
  return parseResponseHead(Buffer.from(head, 'latin1'), head, head.length, method, headerCount);
}

const latin1 = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength: length }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const value = fc.stringMatching(/^[!-~\x80-\xff]([ -~\x80-\xff]{0,20}[!-~\x80-\xff])?$/);

describe('the request head parser', () => {
  it('gives names and values byte for byte, without the white space around values', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(token, value), { maxLength: 10 }), token, (fields, method) => {
        fc.pre(
          fields.every(([name]) => !/^(host|te|expect|upgrade|connection|content-length|transfer-encoding)$/i.test(name)) &&
            method !== 'CONNECT',
        );
        const lines = fields.map(([name, text]) => `${name}:${text.length % 2 ? ' \t' : ''}${text} \r\n`).join('');
        const parsed = parse(`${method} /a?b HTTP/1.1\r\nHost: h\r\n${lines}\r\n`);
        expect(parsed).toMatchObject({
          method,
          path: '/a',
          query: 'b',
          authority: 'h',
          refusal: null,
          headers: [['Host', 'h'], ...fields],
        });
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, and never lets CR, LF or NUL into what it accepts', () => {
    fc.assert(
      fc.property(latin1(120), latin1(40), (noise, more) => {
        const parsed = parse(`GET /${noise} HTTP/1.1\r\nHost: h\r\n${more}\r\n\r\n`);
        if (typeof parsed === 'string') return;
        const texts = [parsed.method, parsed.target, parsed.protocol, ...parsed.headers.flat()];
        expect(texts.filter((text) => /[\r\n\0]/.test(text))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads Connection, Expect and Upgrade', () => {
    const head = (fields: string): RequestRecord | string => parse(`GET / HTTP/1.1\r\nHost: h\r\n${fields}\r\n`);
    expect(head('Connection: Keep-Alive, CLOSE\r\n')).toMatchObject({ keepAlive: false });
    const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
    expect(head(`Connection: Upgrade\r\nUpgrade: WebSocket\r\n${key}`)).toMatchObject({ wantsWebSocket: true });
    expect(head('Connection: Upgrade\r\nUpgrade: websocket\r\n')).toMatchObject({ wantsWebSocket: false });
    expect(head('Upgrade: websocket\r\n')).toMatchObject({ wantsWebSocket: false });
    expect(head('Connection: Upgrade\r\nUpgrade: h2c\r\n')).toMatchObject({ wantsWebSocket: false });
    expect(head('Expect: 100-Continue\r\n')).toMatchObject({ expectsContinue: true });
    expect(parse('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')).toMatchObject({ keepAlive: true, isModern: false });
  });
});

describe('the response head parser', () => {
  it('finds the end of the body by the rules of RFC 9112 6.3', () => {
    const framing = (fields: string, method = 'GET', status = 200): string => {
      const parsed = parseResponse(`HTTP/1.1 ${status} X\r\n${fields}\r\n`, method, 100);
      return parsed instanceof ResponseRecord ? `${parsed.framing} ${parsed.bodyLength}` : parsed.reason;
    };
    expect(framing('Content-Length: 5\r\n')).toBe('length 5');
    expect(framing('Content-Length: 0\r\n')).toBe('none 0');
    expect(framing('Content-Length: 5\r\n', 'HEAD')).toBe('none 0');
    expect(framing('Content-Length: 5\r\n', 'GET', 304)).toBe('none 0');
    expect(framing('Transfer-Encoding: Chunked\r\n')).toBe('chunked -1');
    expect(framing('')).toBe('close -1');
    expect(framing('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n')).toBe('content-length-and-transfer-encoding');
    expect(framing('Content-Length: 5\r\nContent-Length: 5\r\n')).toBe('content-length');
    expect(framing('Transfer-Encoding: gzip\r\n')).toBe('transfer-encoding');
    expect(framing('X : 1\r\n')).toBe('space-before-colon');
  });

  it('takes a status line without reason and refuses what is none', () => {
    expect(parseResponse('HTTP/1.1 200\r\n\r\n', 'GET', 9)).toMatchObject({ status: 200, reason: '' });
    for (const line of ['HTTP/2 200 OK', 'HTTP/1.1 20 OK', 'HTTP/1.1  200 OK', 'ICY 200 OK', 'HTTP/1.1 099 X']) {
      expect([line, parseResponse(`${line}\r\n\r\n`, 'GET', 9)]).toEqual([line, { status: 502, reason: 'status-line' }]);
    }
  });
});

describe('the chunked decoder', () => {
  /** Feeds bytes cut at the given places. */
  function decode(bytes: Buffer, cuts: readonly number[]): { data: string; done: boolean; fault: string | null; rest: string } {
    const decoder = new ChunkedDecoder();
    let data = '';
    let rest = '';
    const stops = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
    let from = 0;
    for (const stop of stops) {
      const part = bytes.subarray(from, stop);
      const used = decoder.push(part, 0, (piece) => (data += piece.toString('latin1')));
      if (decoder.fault === null) rest += part.subarray(used).toString('latin1');
      from = stop;
    }
    return { data, done: decoder.isDone, fault: decoder.fault?.reason ?? null, rest };
  }

  const chunk = fc.tuple(latin1(40), fc.constantFrom('', ';a', ';a=b;c')).filter(([data]) => data.length > 0);
  const framed = fc
    .tuple(fc.array(chunk, { maxLength: 6 }), fc.constantFrom('', 'X: 1\r\n', 'A:\r\nB: 2\r\n'))
    .map(([chunks, trailers]) => ({
      text: `${chunks.map(([data, extension]) => `${data.length.toString(16)}${extension}\r\n${data}\r\n`).join('')}0\r\n${trailers}\r\n`,
      data: chunks.map(([data]) => data).join(''),
    }));

  it('gives the data, and the same at any split', () => {
    fc.assert(
      fc.property(framed, latin1(10), fc.array(fc.nat(500), { maxLength: 8 }), ({ text, data }, after, cuts) => {
        expect(decode(Buffer.from(text + after, 'latin1'), cuts)).toEqual({ data, done: true, fault: null, rest: after });
      }),
      { numRuns: 500 },
    );
  });

  it('comes to the same end at any split of damaged bytes', () => {
    fc.assert(
      fc.property(framed, fc.nat(500), fc.nat(255), fc.array(fc.nat(500), { maxLength: 8 }), ({ text }, place, byte, cuts) => {
        const bytes = Buffer.from(text, 'latin1');
        bytes[place % bytes.length] = byte;
        expect(decode(bytes, cuts)).toEqual(decode(bytes, []));
      }),
      { numRuns: 1000 },
    );
  });
});
