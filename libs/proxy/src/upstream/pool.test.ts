import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { UpstreamConfig } from '../config.js';
import { makeCertificate } from '../fixtures/certificate.js';
import { ProxyBench } from '../fixtures/bench.js';
import { HttpOrigin, ScriptedOrigin } from '../fixtures/origin.js';
import { RawClient, type RawAnswer } from '../fixtures/raw-client.js';
import { keeper, until } from '../fixtures/patience.js';
import { createServer as createTls } from 'node:tls';
import type { AddressInfo } from 'node:net';

const keep = keeper();

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const target = (port: number, weight = 1): { host: string; port: number; weight: number } => ({ host: '127.0.0.1', port, weight });

async function before(
  upstream: UpstreamConfig,
): Promise<{ proxy: ProxyBench; client: RawClient; get: (method?: string) => Promise<RawAnswer> }> {
  const proxy = keep(await ProxyBench.start(0, { application: { upstream } }));
  const client = keep(await RawClient.open(proxy.port));
  const get = async (method = 'GET'): Promise<RawAnswer> => {
    client.send(`${method} / HTTP/1.1\r\nHost: a\r\n${method === 'POST' ? 'Content-Length: 0\r\n' : ''}\r\n`);
    return client.answer();
  };
  return { proxy, client, get };
}

/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('kept connections to an origin', () => {
  it('are used again, and a stale one is replaced once without the client noticing', async () => {
    const origin = keep(
      new ScriptedOrigin((socket, text, connection) => {
        const requests = text.split('\r\n\r\n').length - 1;
        // The first connection is closed just when its second request arrives.
        if (connection === 0 && requests === 2) socket.destroy();
        else socket.write(OK);
      }),
    );
    const { get } = await before({ targets: [target(await origin.open())] });
    expect([(await get()).status, (await get()).status, (await get()).status]).toEqual([200, 200, 200]);
    expect(origin.received.map((text) => text.split('\r\n\r\n').length - 1)).toEqual([2, 2]);
  });

  it('do not make a POST run twice', async () => {
    const origin = keep(new ScriptedOrigin((socket, text) => (text.includes('POST') ? socket.destroy() : socket.write(OK))));
    const { get } = await before({ targets: [target(await origin.open())] });
    await get();
    expect((await get('POST')).status).toBe(502);
    expect(origin.received.join('').split('POST').length - 1).toBe(1);
  });

  it('are dropped when bytes come that nobody asked for', async () => {
    const origin = keep(new ScriptedOrigin((socket) => socket.write(`${OK}HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned`)));
    const { get } = await before({ targets: [target(await origin.open())] });
    expect([(await get()).body, (await get()).body]).toEqual(['ok', 'ok']);
    expect(origin.received).toHaveLength(2);
  });

  it('are not kept longer than the origin announces', async () => {
    const origin = keep(new ScriptedOrigin((socket) => socket.write(OK.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=1\r\n\r\n'))));
    const { get, proxy } = await before({ targets: [target(await origin.open())] });
    await get();
    expect(proxy.server.stats().upstreams[0]?.idle).toBe(1);
    await until(() => proxy.server.stats().upstreams[0]?.idle === 0);
  });

  it('are limited in number: a further request waits, then gets 503', async () => {
    const origin = keep(new HttpOrigin((request, response) => (request.url === '/slow' ? undefined : response.end('ok'))));
    const { proxy, client } = await before({ targets: [target(await origin.open())], maxConnections: 1, acquireTimeoutMs: 100 });
    client.send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => origin.seen.length === 1);
    const second = keep(await RawClient.open(proxy.port));
    second.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await second.answer()).status).toBe(503);
    second.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    client.socket.resetAndDestroy();
    expect((await second.answer()).status).toBe(200);
  });
});

describe('several targets', () => {
  it('share requests by their weights', async () => {
    const heavy = keep(new HttpOrigin());
    const light = keep(new HttpOrigin());
    const { get } = await before({ targets: [target(await heavy.open(), 3), target(await light.open(), 1)] });
    for (let i = 0; i < 16; i += 1) await get();
    expect([heavy.seen.length, light.seen.length]).toEqual([12, 4]);
  });

  it('are spared while they fail, and the request goes to another one', async () => {
    const alive = keep(new HttpOrigin());
    const dead = await deadPort();
    const { get, proxy } = await before({ targets: [target(dead), target(await alive.open())], maxFails: 2, failTimeoutMs: 60_000 });
    for (let i = 0; i < 8; i += 1) expect((await get()).status).toBe(200);
    expect(proxy.server.stats().upstreams[0]).toMatchObject({ failures: 2, isResting: true });
  });

  it('are all tried when all of them rest', async () => {
    const { get } = await before({ targets: [target(await deadPort()), target(await deadPort())], maxFails: 1 });
    for (let i = 0; i < 3; i += 1) {
      const answer = await get();
      expect(answer.status).toBe(502);
      expect(answer.body).toMatch(/Request ID: <code>[0-9a-f]{32}</);
    }
  });
});

describe('an origin that misbehaves', () => {
  it.each([
    ['no HTTP', 'SSH-2.0-x\r\n\r\n', 502, 'origin-malformed-response'],
    [
      'both lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      502,
      'origin-malformed-response',
    ],
    ['folded header', 'HTTP/1.1 200 OK\r\nX: 1\r\n 2\r\n\r\n', 502, 'origin-malformed-response'],
  ])('with %s gives a clean page', async (_name, bytes, status, reason) => {
    const origin = keep(new ScriptedOrigin((socket) => socket.write(bytes)));
    const { get, proxy } = await before({ targets: [target(await origin.open())] });
    expect((await get()).status).toBe(status);
    expect(proxy.endings[0]?.outcome).toEqual({ kind: 'failed', status, reason });
  });

  it('by closing without an answer gives 502, by silence 504', async () => {
    const closing = keep(new ScriptedOrigin((socket) => socket.destroy()));
    expect((await (await before({ targets: [target(await closing.open())] })).get()).status).toBe(502);
    const silent = keep(new ScriptedOrigin(() => undefined));
    expect((await (await before({ targets: [target(await silent.open())], responseTimeoutMs: 100 })).get()).status).toBe(504);
  });

  it('by stopping in the middle cuts the client off rather than letting it believe it has all', async () => {
    for (const head of ['Content-Length: 100', 'Transfer-Encoding: chunked']) {
      const origin = keep(
        new ScriptedOrigin((socket) => {
          socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n5\r\nabcde\r\n`);
          setTimeout(() => socket.destroy(), 30);
        }),
      );
      const { client, proxy } = await before({ targets: [target(await origin.open())] });
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await client.ended();
      expect(client.received).toMatch(/abcde\r\n$/);
      expect(proxy.endings[0]?.outcome).toMatchObject({ kind: 'aborted', by: 'origin', status: 200 });
    }
  });

  it('answers before the request was sent whole: the answer arrives, neither connection is used again', async () => {
    const origin = keep(new ScriptedOrigin((socket) => socket.write(OK)));
    const { client } = await before({ targets: [target(await origin.open())] });
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc');
    expect((await client.answer()).body).toBe('ok');
    await client.ended();
  });

  it('passes interim answers on, except for 100', async () => {
    const origin = keep(
      new ScriptedOrigin((socket) =>
        socket.write(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: x\r\n\r\n${OK}`),
      ),
    );
    const { client } = await before({ targets: [target(await origin.open())] });
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await client.answer()).toMatchObject({ status: 103, headers: { link: '</a>' } });
    expect((await client.answer()).status).toBe(200);
  });

  it('that finds the end by closing is passed on in chunks', async () => {
    const origin = keep(new ScriptedOrigin((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nold style')));
    const { get } = await before({ targets: [target(await origin.open())] });
    expect(await get()).toMatchObject({ body: 'old style', headers: { 'transfer-encoding': 'chunked' } });
    expect((await get()).body).toBe('old style');
  });
});

describe('an origin with TLS', () => {
  it('is verified unless the policy says otherwise', async () => {
    const { certPem, keyPem } = makeCertificate(['origin.test']);
    const server = createTls({ cert: certPem, key: keyPem }, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write(OK));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    keep({ close: () => server.close() });
    const { port } = server.address() as AddressInfo;
    const status = async (tls: UpstreamConfig['tls']): Promise<number> => {
      const { get, client } = await before({ targets: [target(port)], ...(tls ? { tls } : {}) });
      const answer = await get();
      client.close();
      return answer.status;
    };
    expect(await status({})).toBe(502);
    expect(await status({ verify: false })).toBe(200);
    expect(await status({ caPem: certPem, serverName: 'origin.test' })).toBe(200);
    expect(await status({ caPem: certPem, serverName: 'other.test' })).toBe(502);
  });
});
