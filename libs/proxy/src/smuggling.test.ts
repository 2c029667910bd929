import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProxyBench } from './fixtures/bench.js';
import { HttpOrigin } from './fixtures/origin.js';
import { RawClient } from './fixtures/raw-client.js';

const H = 'Host: a\r\n';
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const NEXT = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';

/** Requests on whose boundaries two parsers could disagree, with the reason they are refused for. */
const REFUSED: readonly [string, string, string][] = [
  ['CL.TE', `POST / HTTP/1.1\r\n${H}Content-Length: 6\r\n${CHUNKED}\r\n0\r\n\r\nG`, 'content-length-and-transfer-encoding'],
  ['TE.CL', `POST / HTTP/1.1\r\n${H}${CHUNKED}Content-Length: 4\r\n\r\n5c\r\n${NEXT}0\r\n\r\n`, 'content-length-and-transfer-encoding'],
  ['CL.0 with TE identity', `POST / HTTP/1.1\r\n${H}Transfer-Encoding: identity\r\nContent-Length: 0\r\n\r\n${NEXT}`, 'transfer-encoding'],
  ['TE with tab', `POST / HTTP/1.1\r\n${H}Transfer-Encoding:\tchunked\x0b\r\n\r\n0\r\n\r\n`, 'transfer-encoding'],
  ['TE x, chunked', `POST / HTTP/1.1\r\n${H}Transfer-Encoding: x, chunked\r\n\r\n0\r\n\r\n`, 'transfer-encoding'],
  ['TE chunked, identity', `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 'transfer-encoding'],
  ['TE gzip, chunked', `POST / HTTP/1.1\r\n${H}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 'transfer-encoding'],
  ['TE twice', `POST / HTTP/1.1\r\n${H}${CHUNKED}${CHUNKED}\r\n0\r\n\r\n`, 'transfer-encoding'],
  ['TE xchunked', `POST / HTTP/1.1\r\n${H}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 'transfer-encoding'],
  ['TE quoted', `POST / HTTP/1.1\r\n${H}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`, 'transfer-encoding'],
  ['TE empty', `POST / HTTP/1.1\r\n${H}Transfer-Encoding:\r\n\r\n0\r\n\r\n`, 'transfer-encoding'],
  ['TE chunked;x', `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked;x=1\r\n\r\n0\r\n\r\n`, 'transfer-encoding'],
  ['TE with NBSP', `POST / HTTP/1.1\r\n${H}Transfer-Encoding: \xa0chunked\r\n\r\n0\r\n\r\n`, 'transfer-encoding'],
  ['TE in HTTP/1.0', `POST / HTTP/1.0\r\n${H}${CHUNKED}\r\n0\r\n\r\n`, 'transfer-encoding-version'],
  ['TE in HTTP/3.0 text', `POST / HTTP/3.0\r\n${H}${CHUNKED}\r\n0\r\n\r\n`, 'transfer-encoding-version'],
  ['space before colon', `POST / HTTP/1.1\r\n${H}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, 'space-before-colon'],
  ['tab before colon', `POST / HTTP/1.1\r\n${H}Content-Length\t: 5\r\n\r\nabcde`, 'space-before-colon'],
  ['vertical tab before colon', `POST / HTTP/1.1\r\n${H}Content-Length\x0b: 5\r\n\r\nabcde`, 'header-name'],
  ['obs-fold', `POST / HTTP/1.1\r\n${H}X: 1\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 'obs-fold'],
  ['obs-fold with tab', `POST / HTTP/1.1\r\n${H}Transfer-Encoding:\r\n\tchunked\r\n\r\n0\r\n\r\n`, 'obs-fold'],
  ['folded first line', `GET / HTTP/1.1\r\n Host: a\r\n\r\n`, 'obs-fold'],
  ['CL twice, different', `POST / HTTP/1.1\r\n${H}Content-Length: 5\r\nContent-Length: 0\r\n\r\nabcde`, 'content-length-repeated'],
  ['CL twice, equal', `POST / HTTP/1.1\r\n${H}Content-Length: 5\r\ncontent-length: 5\r\n\r\nabcde`, 'content-length-repeated'],
  ['CL list', `POST / HTTP/1.1\r\n${H}Content-Length: 5, 5\r\n\r\nabcde`, 'content-length'],
  ['CL plus sign', `POST / HTTP/1.1\r\n${H}Content-Length: +5\r\n\r\nabcde`, 'content-length'],
  ['CL minus', `POST / HTTP/1.1\r\n${H}Content-Length: -5\r\n\r\nabcde`, 'content-length'],
  ['CL hexadecimal', `POST / HTTP/1.1\r\n${H}Content-Length: 0x5\r\n\r\nabcde`, 'content-length'],
  ['CL decimal point', `POST / HTTP/1.1\r\n${H}Content-Length: 5.0\r\n\r\nabcde`, 'content-length'],
  ['CL exponent', `POST / HTTP/1.1\r\n${H}Content-Length: 5e0\r\n\r\nabcde`, 'content-length'],
  ['CL underscore', `POST / HTTP/1.1\r\n${H}Content-Length: 1_0\r\n\r\nabcde`, 'content-length'],
  ['CL inner space', `POST / HTTP/1.1\r\n${H}Content-Length: 1 0\r\n\r\nabcde`, 'content-length'],
  ['CL empty', `POST / HTTP/1.1\r\n${H}Content-Length:\r\n\r\nabcde`, 'content-length'],
  ['CL huge', `POST / HTTP/1.1\r\n${H}Content-Length: 18446744073709551616\r\n\r\n`, 'content-length'],
  ['CL with vertical tab', `POST / HTTP/1.1\r\n${H}Content-Length: \x0b5\r\n\r\nabcde`, 'content-length'],
  ['bare LF line ends', 'GET / HTTP/1.1\nHost: a\n\n', 'bare-lf'],
  ['bare LF in the head', `GET / HTTP/1.1\r\n${H}X: 1\nTransfer-Encoding: chunked\r\n\r\n`, 'bare-lf'],
  ['bare LF after the request line', `GET / HTTP/1.1\n${H}\r\n`, 'bare-lf'],
  ['bare CR in a value', `GET / HTTP/1.1\r\n${H}X: 1\rContent-Length: 5\r\n\r\n`, 'bare-cr'],
  ['bare CR as line end', `GET / HTTP/1.1\rHost: a\r\r\n\r\n`, 'bare-cr'],
  ['CR at line start', `GET / HTTP/1.1\r\n${H}\rX: 1\r\n\r\n`, 'bare-cr'],
  ['CR CR LF', `GET / HTTP/1.1\r\n${H}X: 1\r\r\n\r\n`, 'bare-cr'],
  ['NUL in a value', `GET / HTTP/1.1\r\n${H}X: a\0b\r\n\r\n`, 'nul'],
  ['NUL in a name', `GET / HTTP/1.1\r\n${H}X\0: a\r\n\r\n`, 'nul'],
  ['NUL in the target', `GET /\0 HTTP/1.1\r\n${H}\r\n`, 'nul'],
  ['line without colon', `GET / HTTP/1.1\r\n${H}nonsense\r\n\r\n`, 'header-name'],
  ['empty name', `GET / HTTP/1.1\r\n${H}: chunked\r\n\r\n`, 'header-name'],
  ['name in brackets', `GET / HTTP/1.1\r\n${H}[Transfer-Encoding]: chunked\r\n\r\n`, 'header-name'],
  ['high byte in a name', `POST / HTTP/1.1\r\n${H}Transfer-Encoding\xff: chunked\r\n\r\n`, 'header-name'],
  ['two Hosts', `GET / HTTP/1.1\r\n${H}Host: b\r\n\r\n`, 'host-repeated'],
  ['leading white space', ` GET / HTTP/1.1\r\n${H}\r\n`, 'request-line'],
  ['leading tab', `\tGET / HTTP/1.1\r\n${H}\r\n`, 'request-line'],
  ['tab as separator', `GET\t/\tHTTP/1.1\r\n${H}\r\n`, 'request-line'],
  ['form feed as separator', `GET /\x0cHTTP/1.1\r\n${H}\r\n`, 'request-line'],
  ['method alone', `GET\r\n${H}\r\n`, 'request-line'],
  ['TLS on a plain port', '\x16\x03\x01\x02\x00\x01\x00', 'request-line'],
];

/** Chunked bodies that are wrong after a good head: the exchange exists and ends with 400. */
const BAD_CHUNKS: readonly [string, string, string][] = [
  ['bare LF after the size', '3\nabc\r\n0\r\n\r\n', 'bare-lf'],
  ['bare CR after the size', '3\rXabc\r\n0\r\n\r\n', 'bare-cr'],
  ['0x size', '0x3\r\nabc\r\n0\r\n\r\n', 'chunk-size'],
  ['plus sign', '+3\r\nabc\r\n0\r\n\r\n', 'chunk-size'],
  ['negative size', '-3\r\nabc\r\n0\r\n\r\n', 'chunk-size'],
  ['leading space', ' 3\r\nabc\r\n0\r\n\r\n', 'chunk-size'],
  ['trailing space', '3 \r\nabc\r\n0\r\n\r\n', 'chunk-size'],
  ['empty size', '\r\nabc\r\n0\r\n\r\n', 'chunk-size'],
  ['overflowing size', '100000000000000003\r\nabc\r\n0\r\n\r\n', 'chunk-size'],
  ['data longer than the size', '2\r\nabc\r\n0\r\n\r\n', 'chunk-end'],
  ['data shorter than the size', '4\r\nabc\r\n0\r\n\r\n', 'chunk-end'],
  ['data ended by LF', '3\r\nabc\n0\r\n\r\n', 'chunk-end'],
  ['LF in an extension', '3;a\nb\r\nabc\r\n0\r\n\r\n', 'chunk-extension'],
  ['NUL in an extension', '3;a\0\r\nabc\r\n0\r\n\r\n', 'chunk-extension'],
  ['CR in an extension', '3;a\rb\r\nabc\r\n0\r\n\r\n', 'bare-cr'],
  ['endless extension', `3;${'a'.repeat(2000)}\r\nabc\r\n0\r\n\r\n`, 'chunk-extension'],
  ['length in a trailer', '0\r\nContent-Length: 5\r\n\r\n', 'trailer'],
  ['Host in a trailer', '0\r\nHost: b\r\n\r\n', 'trailer'],
  ['trailer ended by LF', '0\r\nX: 1\n\n', 'bare-lf'],
  ['folded trailer', '0\r\nX: 1\r\n Y: 2\r\n\r\n', 'trailer'],
];

describe('a request on which two parsers could disagree', () => {
  const origin = new HttpOrigin();
  let proxy: ProxyBench;

  beforeAll(async () => {
    proxy = await ProxyBench.start(await origin.open(), { gate: { wantsRequestBody: () => true } });
  });
  afterAll(async () => {
    await proxy.close();
    await origin.close();
  });

  it.each(REFUSED)('is refused and reported: %s', async (_name, bytes, reason) => {
    const client = await RawClient.open(proxy.port);
    client.send(bytes);
    const answer = await client.answer();
    await client.ended();
    expect([answer.status, proxy.malformed.at(-1)?.reason]).toEqual([400, reason]);
    expect(answer.body).toContain(proxy.malformed.at(-1)?.requestId ?? 'none');
    expect(client.received).toBe('');
  });

  it.each(BAD_CHUNKS)('is refused in its chunks: %s', async (_name, body, reason) => {
    const client = await RawClient.open(proxy.port);
    client.send(`POST / HTTP/1.1\r\n${H}${CHUNKED}\r\n${body}`);
    expect((await client.answer()).status).toBe(400);
    await client.ended();
    expect(proxy.endings.at(-1)?.outcome).toEqual({ kind: 'failed', status: 400, reason });
  });

  it('never reaches the origin, in part or whole', () => {
    expect([origin.connections, origin.seen]).toEqual([0, []]);
  });
});

describe('what the origin gets', () => {
  it('has framing of our own, no hop-by-hop fields, and nothing that Connection nominates beyond its right', async () => {
    const origin = new HttpOrigin();
    const proxy = await ProxyBench.start(await origin.open());
    const client = await RawClient.open(proxy.port);
    try {
      client.send(
        `POST / HTTP/1.1\r\n${H}Connection: close, X-Hop, Cookie, Content-Length\r\nX-Hop: 1\r\nCookie: a=b\r\nKeep-Alive: 5\r\nTE: trailers\r\nUpgrade: h2c\r\n` +
          `HTTP2-Settings: AA\r\nProxy-Connection: x\r\nTransfer_Encoding: chunked\r\nContent_Length: 9\r\nX_Forwarded_For: 6.6.6.6\r\nContent-Length: 003\r\n\r\nabc`,
      );
      expect((await client.answer()).status).toBe(200);
      expect(origin.seen[0]).toMatchObject({
        body: 'abc',
        headers: { cookie: 'a=b', 'content-length': '3', 'x-forwarded-for': '127.0.0.1' },
      });
      const names = Object.keys(origin.seen[0]?.headers ?? {}).sort();
      expect(names).toEqual(['content-length', 'cookie', 'host', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']);
    } finally {
      client.close();
      await proxy.close();
      await origin.close();
    }
  });
});
