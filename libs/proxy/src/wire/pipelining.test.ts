import { describe, expect, it } from '@jest/globals';
import { ProxyBench } from '../fixtures/bench.js';
import { HttpOrigin } from '../fixtures/origin.js';
import { keeper, settled, until } from '../fixtures/patience.js';
import { RawClient } from '../fixtures/raw-client.js';

const keep = keeper();
const REQUEST = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n';
const MANY = 20_000;
const ANSWER_BYTES = 100_000;

/** A client that sends many requests and takes no answer before it is told to. */
async function deafClient(port: number): Promise<RawClient> {
  const client = keep(await RawClient.open(port));
  client.socket.pause();
  client.send(REQUEST.repeat(MANY));
  return client;
}

describe('a client that sends requests without taking the answers', () => {
  it('is answered no further while the answers wait, and to the end when it takes them', async () => {
    const origin = keep(new HttpOrigin((_request, response) => response.end(Buffer.alloc(ANSWER_BYTES, 'x'))));
    const proxy = keep(await ProxyBench.start(await origin.open()));
    const client = keep(await RawClient.open(proxy.port));
    client.socket.pause();
    client.send(REQUEST.repeat(400));
    await until(() => proxy.endings.length > 0);
    // What the buffers of the sockets hold, which is a few megabytes.
    expect(await settled(() => proxy.endings.length)).toBeLessThan(200);
    let bytes = 0;
    client.socket.removeAllListeners('data');
    client.socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
    client.socket.resume();
    await until(() => bytes > 400 * ANSWER_BYTES);
    expect(proxy.endings).toHaveLength(400);
  });

  it('gets no more of the refusals that cost the proxy nothing to make', async () => {
    const proxy = keep(
      await ProxyBench.start(1, {
        gate: { onRequestHead: () => ({ kind: 'block', status: 403, reason: 'test', body: Buffer.alloc(20_000), headers: [] }) },
      }),
    );
    await deafClient(proxy.port);
    expect(await settled(() => proxy.endings.length)).toBeLessThan(1_000);
  });

  it('is cut off in time', async () => {
    const proxy = keep(
      await ProxyBench.start(1, {
        config: { limits: { writeTimeoutMs: 200 } },
        gate: { onRequestHead: () => ({ kind: 'block', status: 403, reason: 'test', body: Buffer.alloc(20_000), headers: [] }) },
      }),
    );
    await deafClient(proxy.port);
    await until(() => proxy.server.stats().connections === 1);
    await until(() => proxy.server.stats().connections === 0, 'the end of the connection');
  });
});
