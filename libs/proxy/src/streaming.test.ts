import { describe, expect, it } from '@jest/globals';
import { ProxyBench } from './fixtures/bench.js';
import { HttpOrigin } from './fixtures/origin.js';
import { RawClient } from './fixtures/raw-client.js';
import { keeper, settled, until } from './fixtures/patience.js';

const keep = keeper();

const MEGABYTE = 1_000_000;

/** Counts what arrives without keeping it. */
function countOnly(client: RawClient): () => number {
  let bytes = 0;
  client.socket.removeAllListeners('data');
  client.socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
  return () => bytes;
}

/** Writes as fast as the socket takes it; gives the count of bytes written so far. */
function pour(write: (piece: Buffer) => boolean, onDrain: (next: () => void) => void, total: number, done: () => void): () => number {
  const piece = Buffer.alloc(64_000, 'x');
  let written = 0;
  const next = (): void => {
    while (written < total) {
      written += piece.length;
      if (!write(piece)) return onDrain(next);
    }
    done();
  };
  next();
  return () => written;
}

describe.each(['length', 'chunked'])('a large body by %s', (framing) => {
  const total = 64 * MEGABYTE;

  it('goes up whole, and an origin that does not read stops the client', async () => {
    let received = 0;
    let release: () => unknown = () => undefined;
    const origin = keep(
      new HttpOrigin((_request, response, message) => {
        message.on('data', (chunk: Buffer) => (received += chunk.length));
        message.on('end', () => response.end(String(received)));
        release = () => message.resume();
        message.pause();
      }, true),
    );
    const proxy = keep(await ProxyBench.start(await origin.open()));
    const client = keep(await RawClient.open(proxy.port));
    const isChunked = framing === 'chunked';
    client.send(`POST / HTTP/1.1\r\nHost: a\r\n${isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${total}`}\r\n\r\n`);
    const written = pour(
      (piece) => {
        if (isChunked) client.send(`${piece.length.toString(16)}\r\n`);
        const isFlowing = client.socket.write(piece);
        return isChunked ? client.socket.write('\r\n') : isFlowing;
      },
      (next) => client.socket.once('drain', next),
      total,
      () => (isChunked ? client.send('0\r\n\r\n') : undefined),
    );
    await until(() => origin.seen.length === 1);
    await until(() => client.socket.writableNeedDrain);
    // What the sockets of two connections hold, and no more.
    expect(await settled(written)).toBeLessThan(total / 2);
    release();
    expect((await client.answer(false, 20_000)).body).toBe(String(total));
    expect(proxy.endings[0]?.exchange.requestBodyBytes).toBe(total);
  });

  it('comes down whole, and a client that does not read stops the origin', async () => {
    let written: () => number = () => 0;
    const origin = keep(
      new HttpOrigin((_request, response) => {
        if (framing === 'length') response.setHeader('Content-Length', total);
        written = pour(
          (piece) => response.write(piece),
          (next) => response.once('drain', next),
          total,
          () => response.end(),
        );
      }),
    );
    const proxy = keep(await ProxyBench.start(await origin.open()));
    const client = keep(await RawClient.open(proxy.port));
    const bytes = countOnly(client);
    client.socket.pause();
    client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await until(() => written() > 0);
    expect(await settled(() => written())).toBeLessThan(total / 2);
    client.socket.resume();
    await client.ended(20_000);
    expect(bytes()).toBeGreaterThanOrEqual(total);
    expect(proxy.endings[0]).toMatchObject({ outcome: { kind: 'answered' }, exchange: { responseBodyBytes: total } });
  });
});

describe('a client that does not take its answer', () => {
  it('is cut off in time', async () => {
    const origin = keep(new HttpOrigin((_request, response) => response.end(Buffer.alloc(20 * MEGABYTE))));
    const proxy = keep(await ProxyBench.start(await origin.open(), { config: { limits: { writeTimeoutMs: 200 } } }));
    const client = keep(await RawClient.open(proxy.port));
    client.socket.pause();
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => proxy.endings.length === 1);
    expect(proxy.endings[0]?.outcome).toMatchObject({ kind: 'aborted', by: 'client', reason: 'write-timeout' });
  });

  it('is cut off too while its request is held back by an origin that waits for it', async () => {
    const origin = keep(new HttpOrigin((_request, response, message) => void message.pipe(response), true));
    const proxy = keep(await ProxyBench.start(await origin.open(), { config: { limits: { writeTimeoutMs: 200, bodyTimeoutMs: 60_000 } } }));
    const client = keep(await RawClient.open(proxy.port));
    client.socket.pause();
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${200 * MEGABYTE}\r\n\r\n`);
    pour(
      (piece) => client.socket.write(piece),
      (next) => client.socket.once('drain', next),
      200 * MEGABYTE,
      () => undefined,
    );
    await until(() => proxy.endings.length === 1);
    expect(proxy.endings[0]?.outcome).toMatchObject({ kind: 'aborted', by: 'client', reason: 'write-timeout' });
  });
});
