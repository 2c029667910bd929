import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ProxyBench } from '../fixtures/bench.js';
import { makeCertificate } from '../fixtures/certificate.js';
import { until } from '../fixtures/patience.js';
import { HTTP2_CASES, type Http2Case } from './corpus/http2.js';
import { JudgedGate } from './judged-gate.js';
import { FLAG, frame, FRAME, GET, headerBlock, RawHttp2Client } from './raw-http2-client.js';
import { RecordingOrigin } from './reader/recording-origin.js';

const certificates = [{ hosts: ['a'], ...makeCertificate(['a']) }];

describe.each([
  ['judged', true],
  ['streamed', false],
] as const)('the corpus of HTTP/2 downgrades, bodies %s', (_how, wantsBodies) => {
  const gate = new JudgedGate();
  let origin: RecordingOrigin;
  let proxy: ProxyBench;

  beforeAll(async () => {
    gate.wantsBodies = wantsBodies;
    origin = await RecordingOrigin.start(wantsBodies);
    proxy = await ProxyBench.start(origin.port, { listener: { tls: { certificates } }, config: { gateFor: () => gate } });
  });
  afterEach(() => {
    origin.reset();
    gate.reset();
  });
  afterAll(async () => {
    await proxy.close();
    await origin.close();
  });

  /** Sends the stream, then a good one behind it, and waits for the ends of both. */
  async function send({ fields, body }: Http2Case): Promise<RawHttp2Client> {
    const client = await RawHttp2Client.open(proxy.port);
    const isEnded = body === null ? FLAG.endStream : 0;
    client.send(frame(FRAME.headers, FLAG.endHeaders | isEnded, 1, headerBlock(fields)));
    for (const [i, piece] of (body ?? []).entries()) {
      client.send(frame(FRAME.data, i === (body ?? []).length - 1 ? FLAG.endStream : 0, 1, Buffer.from(piece, 'latin1')));
    }
    const isOver = (stream: number): boolean =>
      client.isEnded ||
      client.frames.some((one) => one.stream === stream && (one.type === FRAME.resetStream || (one.flags & FLAG.endStream) !== 0));
    await client.until(() => isOver(1), 'end of the stream');
    if (!client.isEnded) client.request(3, [...GET.slice(0, 3), [':path', '/after']]);
    await client.until(() => isOver(3), 'end of the stream after it');
    client.close();
    await until(() => gate.requests.every(({ outcome }) => outcome !== null), 'the end of every exchange');
    return client;
  }

  it.each(HTTP2_CASES.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    await send(one);
    const { expect: expected } = one;
    const seen = origin.seen.filter(({ target }) => target !== '/after');
    expect(await origin.disagreements(!wantsBodies && expected.kind !== 'normalised')).toEqual([]);
    if (expected.kind === 'normalised') {
      const [request] = seen;
      expect(seen).toHaveLength(1);
      expect(request).toMatchObject({ method: expected.seen.method, target: expected.seen.target, body: expected.seen.body });
      const fields = new Map(request?.headers.map(([name, value]) => [name.toLowerCase(), value]));
      for (const [name, value] of Object.entries(expected.seen.headers ?? {})) expect([name, fields.get(name)]).toEqual([name, value]);
      for (const name of expected.seen.absent ?? []) expect([name, fields.get(name)]).toEqual([name, undefined]);
      expect(gate.forwarded[0]).toMatchObject({
        method: expected.seen.method,
        target: expected.seen.target,
        bodyBytes: expected.seen.body.length,
      });
    } else {
      expect(seen).toEqual([]);
      const first = gate.requests.find(({ target }) => target !== '/after')?.outcome ?? null;
      if (expected.kind === 'refused') expect(first).toEqual({ kind: 'failed', status: expected.status, reason: expected.reason });
      else expect(first?.kind ?? 'none').not.toBe('answered');
    }
  });
});

it('the corpus of HTTP/2 has distinct names', () => {
  expect(new Set(HTTP2_CASES.map(({ name }) => name)).size).toBe(HTTP2_CASES.length);
  console.log(`http2_cases=${HTTP2_CASES.length}`);
});
