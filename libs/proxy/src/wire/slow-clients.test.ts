import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProxyLimits } from '../config.js';
import { ProxyBench } from '../fixtures/bench.js';
import { makeCertificate } from '../fixtures/certificate.js';
import { HttpOrigin } from '../fixtures/origin.js';
import { keeper, settled, until } from '../fixtures/patience.js';
import { RawClient } from '../fixtures/raw-client.js';

const keep = keeper();
const LIMITS: Partial<ProxyLimits> = {
  headersTimeoutMs: 300,
  bodyTimeoutMs: 400,
  bodyMinBytesPerSecond: 2_000,
  idleTimeoutMs: 400,
  writeTimeoutMs: 300,
};
/** All of the times above, with the ticks of the clock. */
const SOON_MS = 3_000;
const POST = 'POST / HTTP/1.1\r\nHost: a\r\n';

/** Sends pieces for as long as the connection takes them. */
function drip(client: RawClient, piece: string): void {
  const timer = setInterval(() => client.send(piece), 30);
  client.socket.once('close', () => clearInterval(timer));
  keep({ close: () => clearInterval(timer) });
}

describe('a client that is slow', () => {
  const origin = new HttpOrigin();
  let proxy: ProxyBench;

  beforeAll(async () => {
    proxy = await ProxyBench.start(await origin.open(), { config: { limits: LIMITS }, gate: { wantsRequestBody: () => true } });
  });
  afterEach(() => {
    proxy.malformed.length = 0;
    proxy.endings.length = 0;
  });
  afterAll(async () => {
    await proxy.close();
    await origin.close();
  });

  const reasons = (): string[] => [
    ...proxy.malformed.map(({ reason }) => reason),
    ...proxy.endings.map(({ outcome }) => ('reason' in outcome ? outcome.reason : outcome.kind)),
  ];

  it.each([
    ['sends nothing', '', '', null, []],
    ['sends empty lines only', '', '\r\n', null, []],
    ['sends its head byte by byte', 'GET / HTTP/1.1\r\nX: ', 'a', 408, ['headers-timeout']],
    ['sends one field after the other', 'GET / HTTP/1.1\r\n', 'X-A: b\r\n', 408, ['headers-timeout']],
    ['sends no body', `${POST}Content-Length: 5\r\n\r\n`, '', 408, ['body-timeout']],
    ['sends its body byte by byte', `${POST}Content-Length: 50000\r\n\r\n`, 'a', 408, ['body-too-slow']],
    ['sends its chunks byte by byte', `${POST}Transfer-Encoding: chunked\r\n\r\n`, '1\r\na\r\n', 408, ['body-too-slow']],
    ['sends its chunk extension byte by byte', `${POST}Transfer-Encoding: chunked\r\n\r\n1;`, 'a', 408, ['body-too-slow']],
    ['sends trailers byte by byte', `${POST}Transfer-Encoding: chunked\r\n\r\n0\r\n`, 'X: 1\r\n', 408, ['body-too-slow']],
    ['expects a 100 and then sends nothing', `${POST}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`, '', 408, ['body-timeout']],
  ] as const)('and %s is told so, and ended in time', async (_what, first, more, status, expected) => {
    const client = keep(await RawClient.open(proxy.port));
    const begun = performance.now();
    if (first !== '') client.send(first);
    if (more !== '') drip(client, more);
    if (status !== null) {
      let answer = await client.answer();
      if (answer.status === 100) answer = await client.answer();
      expect(answer.status).toBe(status);
    }
    await client.ended();
    expect(performance.now() - begun).toBeLessThan(SOON_MS);
    expect(reasons()).toEqual(expected);
    client.close();
    await until(() => proxy.server.stats().connections === 0);
  });

  it('in its next request is ended in time too', async () => {
    const client = keep(await RawClient.open(proxy.port));
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next');
    expect((await client.answer()).status).toBe(200);
    drip(client, '/');
    expect((await client.answer()).status).toBe(408);
    await client.ended();
  });

  it('and closes its side inside a request is let go at once', async () => {
    const client = keep(await RawClient.open(proxy.port));
    client.socket.end('GET / HTTP/1.1\r\nHost: a\r\n');
    await client.ended();
    await until(() => proxy.server.stats().connections === 0);
    expect(origin.seen.filter(({ url }) => url === '/half')).toEqual([]);
  });

  it('does not keep others waiting', async () => {
    const slow = await Promise.all(Array.from({ length: 50 }, () => RawClient.open(proxy.port)));
    for (const client of slow) keep(client).send('GET / HTTP/1.1\r\nHost: a\r\n');
    const other = keep(await RawClient.open(proxy.port));
    other.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await other.answer()).status).toBe(200);
    for (const client of slow) expect((await client.answer()).status).toBe(408);
  });
});

describe('a TLS handshake', () => {
  const certificates = [{ hosts: ['a'], ...makeCertificate(['a']) }];

  it.each([
    ['is not begun', Buffer.alloc(0)],
    ['stops in the middle of its first record', Buffer.from('1603010200010001', 'hex')],
    ['is something else', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')],
  ] as const)('that %s ends in time', async (_what, bytes) => {
    const proxy = keep(await ProxyBench.start(1, { listener: { tls: { certificates } }, config: { limits: LIMITS } }));
    const client = keep(await RawClient.open(proxy.port));
    client.send(bytes);
    await client.ended();
    await until(() => proxy.server.stats().connections === 0);
  });
});

describe('a PROXY header that does not come', () => {
  it('ends the connection in time', async () => {
    const clientAddress = { kind: 'proxy-protocol', networks: ['127.0.0.0/8'] } as const;
    const proxy = keep(await ProxyBench.start(1, { listener: { clientAddress }, config: { limits: LIMITS } }));
    const client = keep(await RawClient.open(proxy.port));
    client.send('PROXY TCP4 ');
    drip(client, '1');
    await client.ended();
    await until(() => proxy.server.stats().connections === 0);
  });
});

describe('connections', () => {
  async function open(port: number, count: number, localAddress: string): Promise<{ sockets: Socket[]; alive: () => number }> {
    let ended = 0;
    const sockets = Array.from({ length: count }, () => {
      const socket = connect({ port, host: '127.0.0.1', localAddress });
      socket.on('error', () => undefined).on('close', () => (ended += 1));
      keep({ close: () => socket.destroy() });
      return socket.resume();
    });
    return { sockets, alive: () => count - ended };
  }

  it('are bounded per source and in all, the refused are counted, and room is given back', async () => {
    const refusals: string[] = [];
    const options = { hooks: { onConnectionRefused: (address: string, reason: string) => void refusals.push(`${address} ${reason}`) } };
    const limits = { maxConnections: 30, maxConnectionsPerSource: 20 };
    const proxy = keep(await ProxyBench.start(1, { options, config: { limits } }));
    const one = await open(proxy.port, 25, '127.0.0.1');
    await until(() => one.alive() === 20);
    const two = await open(proxy.port, 25, '127.0.0.2');
    await until(() => two.alive() === 10);
    expect(await settled(() => proxy.server.stats().connections)).toBe(30);
    const counted = (text: string): number => refusals.filter((one) => one === text).length;
    expect([counted('127.0.0.1 max-connections-per-source'), counted('127.0.0.2 max-connections')]).toEqual([5, 15]);
    expect(proxy.server.stats().connectionsRefused).toBe(20);
    for (const socket of one.sockets) socket.destroy();
    await until(() => proxy.server.stats().connections === 10);
    const three = await open(proxy.port, 20, '127.0.0.1');
    await until(() => proxy.server.stats().connections === 30);
    expect(three.alive()).toBe(20);
  });
});
