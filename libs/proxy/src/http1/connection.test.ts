import { describe, expect, it } from '@jest/globals';
import { ProxyBench, type BenchSettings } from '../fixtures/bench.js';
import { HttpOrigin, ScriptedOrigin } from '../fixtures/origin.js';
import { RawClient } from '../fixtures/raw-client.js';
import { keeper } from '../fixtures/patience.js';

const keep = keeper();

async function bench(
  settings: BenchSettings = {},
  origin = keep(new HttpOrigin()),
): Promise<{ proxy: ProxyBench; origin: HttpOrigin; client: RawClient }> {
  const proxy = keep(await ProxyBench.start(await origin.open(), settings));
  return { proxy, origin, client: keep(await RawClient.open(proxy.port)) };
}

describe('a client connection over HTTP/1.1', () => {
  it('passes a request on and its answer back, and keeps both connections', async () => {
    const { origin, client, proxy } = await bench();
    for (const path of ['/a?x=1', '/b']) {
      client.send(`GET ${path} HTTP/1.1\r\nHost: Shop.example:8080\r\nX-Test: 1\r\n\r\n`);
      expect(await client.answer()).toMatchObject({ status: 200, body: `GET ${path} 0` });
    }
    expect(origin.connections).toBe(1);
    expect(origin.seen[0]?.headers).toMatchObject({
      host: 'Shop.example:8080',
      'x-test': '1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
    });
    expect(proxy.endings.map(({ outcome }) => outcome)).toEqual([
      { kind: 'answered', status: 200 },
      { kind: 'answered', status: 200 },
    ]);
    expect(proxy.endings[0]?.exchange.request.host).toBe('shop.example');
  });

  it('answers pipelined requests in their order', async () => {
    const { client } = await bench(
      {},
      keep(new HttpOrigin((request, response) => setTimeout(() => response.end(request.url), request.url === '/1' ? 60 : 0))),
    );
    client.send(
      'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    expect([(await client.answer()).body, (await client.answer()).body, (await client.answer()).body]).toEqual(['/1', '/2', '/3']);
  });

  it('reads requests that arrive byte by byte', async () => {
    const { client, origin } = await bench({ gate: { wantsRequestBody: () => true } });
    const text =
      '\r\nPOST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;e=1\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\n\r\n';
    for (const char of text) {
      client.send(char);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await client.answer()).body).toBe('POST /x 5');
    expect((await client.answer()).body).toBe('GET /y 0');
    expect(origin.seen[0]).toMatchObject({ body: 'abcde', headers: { 'content-length': '5' } });
  });

  it('sends 100 Continue itself, and not when the head is refused', async () => {
    const { client, proxy } = await bench({
      gate: {
        wantsRequestBody: () => true,
        onRequestHead: ({ request }) => (request.path === '/no' ? { kind: 'block', status: 403, reason: 'test' } : { kind: 'pass' }),
      },
    });
    client.send('POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n');
    expect((await client.answer()).status).toBe(100);
    client.send('abc');
    expect(await client.answer()).toMatchObject({ status: 200, body: 'POST /x 3' });
    client.send('POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n');
    expect((await client.answer()).status).toBe(403);
    await client.ended();
    expect(proxy.endings[1]?.outcome).toEqual({ kind: 'blocked', status: 403, stage: 'request-head', reason: 'test' });
  });

  it('gives HEAD, 204 and 304 no body and keeps the connection in step', async () => {
    const { client } = await bench(
      {},
      keep(
        new HttpOrigin((request, response) => {
          if (request.url === '/head') response.writeHead(200, { 'content-length': '1234' }).end();
          else response.writeHead(Number(request.url.slice(1))).end();
        }),
      ),
    );
    client.send('HEAD /head HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.answer(true)).headers['content-length']).toBe('1234');
    for (const status of [204, 304]) {
      client.send(`GET /${status} HTTP/1.1\r\nHost: a\r\n\r\n`);
      expect((await client.answer()).status).toBe(status);
    }
  });

  it('speaks HTTP/1.0: closes by default, keeps on request, and unchunks', async () => {
    const streamed = keep(
      new HttpOrigin((request, response) => {
        if (request.url === '/streamed') response.write('ab');
        response.end(request.url);
      }),
    );
    const { proxy, client } = await bench({}, streamed);
    client.send('GET /streamed HTTP/1.0\r\n\r\n');
    expect(await client.answer()).toMatchObject({ status: 200, body: 'ab/streamed', headers: { connection: 'close' } });
    await client.ended();
    const kept = keep(await RawClient.open(proxy.port));
    for (const path of ['/1', '/2']) {
      kept.send(`GET ${path} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`);
      expect(await kept.answer()).toMatchObject({ body: path, headers: { connection: 'keep-alive' } });
    }
  });

  it('answers a client that has closed its sending side, pipelined requests included', async () => {
    const { client } = await bench();
    client.socket.end('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.answer()).body).toBe('GET /1 0');
    expect((await client.answer()).body).toBe('GET /2 0');
    await client.ended();
  });

  it('routes by the authority of an absolute-form target and forwards it in origin form', async () => {
    const { client, origin } = await bench();
    client.send('GET http://Other.example/p?q HTTP/1.1\r\nHost: other.example:80\r\n\r\n');
    await client.answer();
    client.send('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.answer();
    expect(origin.seen[0]).toMatchObject({ url: '/p?q', headers: { host: 'Other.example' } });
    expect(origin.seen[1]).toMatchObject({ url: '*', method: 'OPTIONS' });
  });

  it('shows odd but unambiguous requests to the gate before it refuses them', async () => {
    const lines: [string, number][] = [
      ['GET / HTTP/3.0\r\nHost: a', 505],
      ['GET / JUNK\r\nHost: a', 400],
      ['GET /get \r\nHost: a', 400],
      ['GET /a b HTTP/1.1\r\nHost: a', 400],
      ['G(T / HTTP/1.1\r\nHost: a', 400],
      ['GET / HTTP/1.1\r\nX: 1', 400],
      ['GET / HTTP/1.1\r\nHost:', 400],
      ['GET / HTTP/1.1\r\nHost: a%00', 400],
      ['CONNECT a:80 HTTP/1.1\r\nHost: a', 405],
      ['GET \\ HTTP/1.1\r\nHost: a', 400],
      ['GET / HTTP/1.1\r\nHost: a\r\nX: \x01', 400],
      ['GET / HTTP/1.1\r\nHost: a\r\nExpect: more', 417],
    ];
    const { proxy, origin } = await bench();
    for (const [head, status] of lines) {
      const client = keep(await RawClient.open(proxy.port));
      client.send(`${head}\r\n\r\n`);
      expect([head, (await client.answer()).status]).toEqual([head, status]);
    }
    expect(proxy.endings).toHaveLength(lines.length);
    expect(proxy.endings.every(({ outcome }) => outcome.kind === 'failed')).toBe(true);
    expect(origin.connections).toBe(0);
  });

  it('passes odd methods, HTTP/1.2 and high bytes', async () => {
    const origin = keep(new ScriptedOrigin((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')));
    const proxy = keep(await ProxyBench.start(await origin.open()));
    const client = keep(await RawClient.open(proxy.port));
    client.send('|GET /\xff\x80?\xe9 HTTP/1.2\r\nHost: a\r\nX-\x7e: \xff\r\n\r\n');
    expect((await client.answer()).body).toBe('ok');
    expect(origin.received[0]).toContain('|GET /\xff\x80?\xe9 HTTP/1.1\r\nHost: a\r\nX-\x7e: \xff\r\n');
  });

  it('serves others between the pipelined requests of one client', async () => {
    const order: string[] = [];
    const { proxy, client } = await bench({
      gate: {
        onRequestHead: ({ request }) => {
          order.push(request.path);
          return { kind: 'block', status: 403, reason: 'test' };
        },
      },
    });
    const other = keep(await RawClient.open(proxy.port));
    client.send('GET /many HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(500));
    other.send('GET /other HTTP/1.1\r\nHost: a\r\n\r\n');
    for (let i = 0; i < 500; i += 1) expect((await client.answer()).status).toBe(403);
    expect((await other.answer()).status).toBe(403);
    expect(order.indexOf('/other')).toBeLessThan(100);
    expect(order).toHaveLength(501);
  });

  it('ends slow heads, slow bodies and idle connections', async () => {
    const limits = { headersTimeoutMs: 150, bodyTimeoutMs: 150, idleTimeoutMs: 150 };
    const { proxy } = await bench({ config: { limits }, gate: { wantsRequestBody: () => true } });
    const slowHead = keep(await RawClient.open(proxy.port));
    slowHead.send('GET / HTT');
    const slowBody = keep(await RawClient.open(proxy.port));
    slowBody.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc');
    const idle = keep(await RawClient.open(proxy.port));
    idle.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await idle.answer()).status).toBe(200);
    expect((await slowHead.answer()).status).toBe(408);
    expect((await slowBody.answer()).status).toBe(408);
    await Promise.all([slowHead.ended(), slowBody.ended(), idle.ended()]);
    expect(proxy.malformed.map(({ reason }) => reason)).toEqual(['headers-timeout']);
    expect(proxy.endings.map(({ outcome }) => outcome)).toContainEqual({ kind: 'failed', status: 408, reason: 'body-timeout' });
  });

  it('refuses heads and targets over their limits', async () => {
    const { proxy } = await bench({ config: { limits: { headerBytes: 600, urlBytes: 100, headerCount: 3 } } });
    const cases: [string, number][] = [
      [`GET / HTTP/1.1\r\nX: ${'a'.repeat(700)}`, 431],
      [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(700)}\r\n\r\n`, 431],
      [`GET /${'a'.repeat(120)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
      ['GET / HTTP/1.1\r\nHost: a\r\nB: 1\r\nC: 1\r\nD: 1\r\n\r\n', 431],
    ];
    for (const [text, status] of cases) {
      const client = keep(await RawClient.open(proxy.port));
      client.send(text);
      expect((await client.answer()).status).toBe(status);
      await client.ended();
    }
  });
});
