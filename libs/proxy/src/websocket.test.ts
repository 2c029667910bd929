import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ProxyBench } from './fixtures/bench.js';
import { HttpOrigin, ScriptedOrigin } from './fixtures/origin.js';
import { RawClient } from './fixtures/raw-client.js';
import { keeper } from './fixtures/patience.js';

const keep = keeper();

const HANDSHAKE =
  'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

function echoOrigin(): HttpOrigin {
  const origin = keep(new HttpOrigin());
  origin.server.on('upgrade', (request, socket) => {
    const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
    socket.pipe(socket);
    socket.on('error', () => undefined);
  });
  return origin;
}

describe('a WebSocket', () => {
  it('goes through both ways after its handshake was judged, with what was sent ahead', async () => {
    const proxy = keep(await ProxyBench.start(await echoOrigin().open()));
    const client = keep(await RawClient.open(proxy.port));
    client.send(`${HANDSHAKE}early`);
    const answer = await client.until((text) => (text.endsWith('early') ? text : undefined), 'echo');
    expect(answer).toContain('HTTP/1.1 101');
    expect(answer).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(answer).toContain('Upgrade: websocket');
    client.take();
    const big = Buffer.alloc(2_000_000, 'GET / HTTP/1.1\r\n\r\n').toString('latin1');
    client.send(big);
    await client.until((text) => (text.length === big.length ? true : undefined), 'whole echo');
    expect(client.take() === big).toBe(true);
    client.socket.end();
    await client.ended();
    expect(proxy.endings.map(({ outcome }) => outcome)).toEqual([{ kind: 'answered', status: 101 }]);
  });

  it('is not opened when the handshake is blocked, and is an ordinary request when the origin declines', async () => {
    const origin = keep(new HttpOrigin((_request, response) => response.writeHead(426).end('no')));
    origin.server.on('upgrade', (_request, socket) => socket.resume().end('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno'));
    const proxy = keep(
      await ProxyBench.start(await origin.open(), {
        gate: {
          onRequestHead: ({ request }) => (request.path === '/no' ? { kind: 'block', status: 403, reason: 'test' } : { kind: 'pass' }),
        },
      }),
    );
    const client = keep(await RawClient.open(proxy.port));
    client.send(HANDSHAKE.replace('/chat', '/no'));
    expect((await client.answer()).status).toBe(403);
    client.send(`${HANDSHAKE}GET /after HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect((await client.answer()).status).toBe(426);
    expect((await client.answer()).status).toBe(426);
  });

  it.each([
    ['a 101 that nobody asked for', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an upgrade of a request with a body', HANDSHAKE.replace('GET', 'POST').replace('\r\n\r\n', '\r\nContent-Length: 1\r\n\r\nx')],
    ['an upgrade to something else', HANDSHAKE.replace('Upgrade: websocket', 'Upgrade: h2c')],
  ])('is not opened by %s', async (_name, request) => {
    const origin = keep(
      new ScriptedOrigin((socket) => socket.write('HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')),
    );
    const proxy = keep(await ProxyBench.start(await origin.open()));
    const client = keep(await RawClient.open(proxy.port));
    client.send(request);
    expect((await client.answer()).status).toBe(502);
    expect(origin.received[0]).not.toMatch(/upgrade/i);
  });

  it('ends when the origin leaves and when both sides are silent for too long', async () => {
    const origin = echoOrigin();
    const proxy = keep(await ProxyBench.start(await origin.open(), { config: { limits: { tunnelTimeoutMs: 150 } } }));
    const silent = keep(await RawClient.open(proxy.port));
    silent.send(HANDSHAKE);
    await silent.ended();
    const left = keep(await RawClient.open(proxy.port));
    left.send(HANDSHAKE);
    await left.until((text) => (text.includes('\r\n\r\n') ? true : undefined), 'handshake');
    origin.server.closeAllConnections();
    await left.ended();
    expect(proxy.endings.map(({ outcome }) => outcome.kind)).toEqual(['answered', 'answered']);
  });
});
