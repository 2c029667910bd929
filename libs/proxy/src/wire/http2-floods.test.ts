import { constants } from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProxyLimits } from '../config.js';
import { ProxyBench } from '../fixtures/bench.js';
import { makeCertificate } from '../fixtures/certificate.js';
import { HttpOrigin } from '../fixtures/origin.js';
import { keeper, until } from '../fixtures/patience.js';
import { FLAG, frame, FRAME, GET, headerBlock, RawHttp2Client } from './raw-http2-client.js';

const keep = keeper();
const certificates = [{ hosts: ['a'], ...makeCertificate(['a']) }];
const CALM = constants.NGHTTP2_ENHANCE_YOUR_CALM;

async function start(limits: Partial<ProxyLimits> = {}, isSilent = false): Promise<{ proxy: ProxyBench; origin: HttpOrigin }> {
  const origin = keep(isSilent ? new HttpOrigin(() => undefined) : new HttpOrigin());
  const settings = { listener: { tls: { certificates } }, config: { limits }, gate: { wantsRequestBody: () => true } };
  return { proxy: keep(await ProxyBench.start(await origin.open(), settings)), origin };
}

/** Sends all at once and nothing more: a write to a connection that is gone would destroy the socket before the GOAWAY was read from it. */
function flood(client: RawHttp2Client, frames: (turn: number) => Buffer[], turns: number): void {
  client.send(...Array.from({ length: turns }, (_, turn) => frames(turn)).flat());
}

const streamOf = (turn: number): number => turn * 2 + 1;
const window = (bytes: number): Buffer => {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return payload;
};

describe('a client that floods an HTTP/2 connection', () => {
  it('with streams that it resets at once is sent away, and few of them were begun (CVE-2023-44487)', async () => {
    const { proxy } = await start({}, true);
    const client = keep(await RawHttp2Client.open(proxy.port));
    flood(
      client,
      (turn) => [
        frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, streamOf(turn), headerBlock(GET)),
        frame(FRAME.resetStream, 0, streamOf(turn), window(constants.NGHTTP2_CANCEL)),
      ],
      2_000,
    );
    await client.until(() => client.isEnded, 'end of the connection');
    expect(client.goAwayCode).toBe(CALM);
    expect(proxy.malformed.map(({ reason }) => reason)).toEqual(['http2-reset-flood']);
    expect(proxy.endings.length).toBeLessThan(400);
    await until(() => proxy.server.stats().exchangesActive === 0);
  });

  it('with streams that it makes the proxy reset is sent away (CVE-2025-8671)', async () => {
    const { proxy } = await start({}, true);
    const client = keep(await RawHttp2Client.open(proxy.port));
    flood(
      client,
      (turn) => [
        frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, streamOf(turn), headerBlock(GET)),
        // RFC 9113 6.9: an increment of 0 is a stream error.
        frame(FRAME.windowUpdate, 0, streamOf(turn), window(0)),
      ],
      260,
    );
    await client.until(() => client.isEnded, 'end of the connection');
    expect(proxy.malformed.map(({ reason }) => reason)).toEqual(['http2-protocol']);
    expect(proxy.endings.length).toBeLessThan(400);
    await until(() => proxy.server.stats().exchangesActive === 0);
  });

  it.each([
    ['PING frames', 500, (): Buffer[] => [frame(FRAME.ping, 0, 0, Buffer.alloc(8))], 'http2-control-flood'],
    ['SETTINGS frames', 500, (): Buffer[] => [frame(FRAME.settings, 0, 0)], 'http2-control-flood'],
    [
      'WINDOW_UPDATE frames',
      2000,
      (): Buffer[] => Array.from({ length: 50 }, () => frame(FRAME.windowUpdate, 0, 0, window(1))),
      'http2-overhead-flood',
    ],
    [
      'PRIORITY frames',
      2000,
      (): Buffer[] => Array.from({ length: 50 }, () => frame(FRAME.priority, 0, 3, Buffer.alloc(5))),
      'http2-overhead-flood',
    ],
    ['frames of no known type', 2000, (): Buffer[] => [frame(0x7f, 0, 0, Buffer.alloc(1_000))], 'http2-overhead-flood'],
  ] as const)('with %s is sent away (CVE-2019-9511 to 9518)', async (_what, turns, frames, reason) => {
    const { proxy } = await start();
    const client = keep(await RawHttp2Client.open(proxy.port));
    flood(client, frames, turns);
    await client.until(() => client.isEnded, 'end of the connection');
    expect(client.goAwayCode).toBe(CALM);
    // nghttp2 ends some of them by itself, sooner.
    expect(proxy.malformed.map((one) => one.reason).filter((one) => one !== reason && one !== 'http2-protocol')).toEqual([]);
  });

  it('with empty DATA frames is sent away or told that its body is too slow (CVE-2019-9518)', async () => {
    const { proxy, origin } = await start({ bodyTimeoutMs: 300 });
    const client = keep(await RawHttp2Client.open(proxy.port));
    client.request(1, [[':method', 'POST'], ...GET.slice(1)], false);
    const isStopped = (): boolean => client.isEnded || proxy.endings.length > 0;
    while (!isStopped()) {
      flood(client, () => [frame(FRAME.data, 0, 1)], 200);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await until(() => proxy.endings.length > 0);
    expect(proxy.endings[0]?.outcome.kind).not.toBe('answered');
    expect(origin.connections).toBe(0);
  });

  it('with CONTINUATION frames is sent away (VU#421644)', async () => {
    const { proxy } = await start();
    const client = keep(await RawHttp2Client.open(proxy.port));
    client.send(frame(FRAME.headers, 0, 1, headerBlock(GET)));
    flood(client, (turn) => [frame(FRAME.continuation, 0, 1, headerBlock([[`x-${turn}`, 'y'.repeat(100)]]))], 20);
    await client.until(() => client.isEnded, 'end of the connection');
    expect(proxy.malformed.map(({ reason }) => reason)).toEqual(['http2-protocol']);
    expect(proxy.endings).toEqual([]);
  });

  it('with a header bomb gets no exchange (RFC 7541 7.3)', async () => {
    const { proxy } = await start();
    const client = keep(await RawHttp2Client.open(proxy.port));
    // One entry of 4,000 bytes in the dynamic table, then references of one byte each.
    const entry = Buffer.concat([Buffer.from([0x40, 1, 0x78, 0x7f, 0xa1, 0x1e]), Buffer.alloc(4_000, 'y')]);
    client.send(
      frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, 1, Buffer.concat([headerBlock(GET), entry, Buffer.alloc(10_000, 0xbe)])),
    );
    await client.until(() => client.isEnded || client.resetCode(1) !== null, 'refusal');
    expect(proxy.endings.filter(({ outcome }) => outcome.kind === 'answered')).toEqual([]);
  });

  it('with more streams than are allowed has the others refused', async () => {
    const { proxy } = await start({ http2MaxStreams: 5 }, true);
    const client = keep(await RawHttp2Client.open(proxy.port));
    await client.until(
      () => client.frames.some(({ type, flags }) => type === FRAME.settings && flags === FLAG.ack),
      'acknowledged settings',
    );
    flood(client, (turn) => [frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, streamOf(turn), headerBlock(GET))], 500);
    await client.until(() => client.isEnded || client.resetCode(streamOf(20)) !== null, 'refusal');
    expect(proxy.server.stats().exchangesTotal).toBeLessThanOrEqual(5);
  });

  it('with requests beyond the limit of a connection is asked to make a new one', async () => {
    const { proxy } = await start({ keepAliveMaxRequests: 3 });
    const client = keep(await RawHttp2Client.open(proxy.port));
    for (const stream of [1, 3, 5]) client.request(stream, GET);
    await client.until(() => client.isEnded, 'end of the connection');
    expect(client.goAwayCode).toBe(constants.NGHTTP2_NO_ERROR);
    expect(proxy.endings.map(({ outcome }) => outcome.kind)).toEqual(['answered', 'answered', 'answered']);
  });
});

describe('a client that is slow on an HTTP/2 connection', () => {
  const limits = { headersTimeoutMs: 200, bodyTimeoutMs: 300, idleTimeoutMs: 300, writeTimeoutMs: 300, bodyMinBytesPerSecond: 1_000 };
  let proxy: ProxyBench;
  let origin: HttpOrigin;

  beforeAll(async () => {
    origin = new HttpOrigin((_request, response) => response.end(Buffer.alloc(300_000)));
    const settings = { listener: { tls: { certificates } }, config: { limits }, gate: { wantsRequestBody: () => true } };
    proxy = await ProxyBench.start(await origin.open(), settings);
  });
  afterAll(async () => {
    await proxy.close();
    await origin.close();
  });

  it('by sending nothing is ended', async () => {
    const client = keep(await RawHttp2Client.open(proxy.port, false));
    await client.until(() => client.isEnded, 'end of the connection');
  });

  it('by beginning no stream is ended, however many PINGs it sends', async () => {
    const client = keep(await RawHttp2Client.open(proxy.port));
    const pings = setInterval(() => client.send(frame(FRAME.ping, 0, 0, Buffer.alloc(8))), 60);
    await client.until(() => client.isEnded, 'end of the connection').finally(() => clearInterval(pings));
    expect(client.goAwayCode).toBe(constants.NGHTTP2_NO_ERROR);
  });

  it('by leaving a header block open is ended', async () => {
    const client = keep(await RawHttp2Client.open(proxy.port));
    client.send(frame(FRAME.headers, 0, 1, headerBlock(GET)));
    await client.until(() => client.isEnded, 'end of the connection');
  });

  it('in its body is told so, though it sends a byte now and then', async () => {
    const client = keep(await RawHttp2Client.open(proxy.port));
    const before = proxy.endings.length;
    client.request(1, [[':method', 'POST'], ...GET.slice(1)], false);
    const bytes = setInterval(() => client.send(frame(FRAME.data, 0, 1, Buffer.from('x'))), 50);
    await until(() => proxy.endings.length > before).finally(() => clearInterval(bytes));
    expect(proxy.endings.at(-1)?.outcome).toMatchObject({ kind: 'failed', status: 408, reason: 'body-too-slow' });
  });

  it('in taking its answer is cut off', async () => {
    const client = keep(await RawHttp2Client.open(proxy.port));
    const before = proxy.endings.length;
    client.request(1, GET);
    // Nobody opens the window of 65,535 bytes.
    await until(() => proxy.endings.length > before);
    await client.until(() => client.resetCode(1) !== null, 'reset of the stream');
    expect(proxy.endings.at(-1)?.outcome).toMatchObject({ kind: 'aborted', by: 'client', reason: 'write-timeout' });
  });

  it('leaves nothing behind', async () => {
    await until(() => proxy.server.stats().connections === 0);
    expect(proxy.server.stats()).toMatchObject({ exchangesActive: 0, upstreams: [{ active: 0 }] });
  });
});
