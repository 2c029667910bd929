import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ProxyBench } from '../fixtures/bench.js';
import { until } from '../fixtures/patience.js';
import { RawClient, type RawAnswer } from '../fixtures/raw-client.js';
import type { RequestCase, SeenRequest } from './corpus/case.js';
import { REQUEST_CASES } from './corpus/index.js';
import { JudgedGate } from './judged-gate.js';
import type { ReadRequest } from './reader/read-requests.js';
import { RecordingOrigin } from './reader/recording-origin.js';

/** What of a request the case speaks of. */
function asExpected(expected: SeenRequest | undefined, seen: ReadRequest): SeenRequest {
  const { headers = {}, absent = [] } = expected ?? {};
  const valueOf = (name: string): string => seen.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? 'nothing';
  const { method, target, body } = seen;
  const shown = Object.fromEntries(Object.keys(headers).map((name) => [name, valueOf(name)]));
  const missing = absent.filter((name) => valueOf(name) === 'nothing');
  return { method, target, body, headers: shown, absent: missing };
}

describe.each([
  ['whole, bodies judged', true, 0],
  ['byte by byte, bodies judged', true, 1],
  ['whole, bodies streamed', false, 0],
  ['in pieces, bodies streamed', false, 7],
] as const)('the corpus of request boundaries, sent %s', (_how, wantsBodies, pieceBytes) => {
  const gate = new JudgedGate();
  let origin: RecordingOrigin;
  let proxy: ProxyBench;

  beforeAll(async () => {
    gate.wantsBodies = wantsBodies;
    origin = await RecordingOrigin.start(wantsBodies);
    proxy = await ProxyBench.start(origin.port, { config: { gateFor: () => gate, limits: { requestBodyLimitBytes: 1_000_000 } } });
  });
  afterEach(() => {
    origin.reset();
    gate.reset();
  });
  afterAll(async () => {
    await proxy.close();
    await origin.close();
  });

  async function send(bytes: string): Promise<RawClient> {
    const client = await RawClient.open(proxy.port);
    const whole = Buffer.from(bytes, 'latin1');
    // Long ones are limits; what matters of them is at the beginning.
    const step = pieceBytes === 0 || whole.length > 8_000 ? whole.length : pieceBytes;
    for (let at = 0; at < whole.length; at += step) {
      client.send(whole.subarray(at, at + step));
      if (step < whole.length) await new Promise((resolve) => setImmediate(resolve));
    }
    client.socket.end();
    await client.ended();
    await until(() => gate.requests.every(({ outcome }) => outcome !== null), 'the end of every exchange');
    return client;
  }

  async function answersOf(client: RawClient, { expect: { seen } }: RequestCase): Promise<RawAnswer[]> {
    const answers: RawAnswer[] = [];
    while (client.received !== '') {
      const answer = await client.answer(seen[answers.length]?.method === 'HEAD');
      if (answer.status !== 100) answers.push(answer);
    }
    return answers;
  }

  it.each(REQUEST_CASES.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const expected = one.expect;
    const client = await send(one.bytes);
    const answers = await answersOf(client, one);
    expect(origin.seen.map((seen, i) => asExpected(expected.seen[i], seen))).toEqual(
      expected.seen.map((seen) => ({ ...seen, headers: seen.headers ?? {}, absent: seen.absent ?? [] })),
    );
    // A body that streams reaches the origin until its fault is met: then the origin's connection is cut inside the body.
    expect(await origin.disagreements(!wantsBodies && expected.kind !== 'normalised')).toEqual([]);
    const judged = gate.forwarded.map(({ method, body, bodyBytes }) => [method, body, bodyBytes]);
    expect(judged).toEqual(expected.seen.map(({ method, body }) => [method, wantsBodies ? body : null, body.length]));
    const statuses = answers.map(({ status }) => status);
    const good = expected.seen.map(() => 200);
    if (expected.kind === 'refused') {
      expect(statuses).toEqual([...good, expected.status]);
      expect(gate.refusal).toBe(expected.reason);
      expect(answers.at(-1)?.headers['connection']).toBe('close');
      expect(answers.at(-1)?.body).toContain(gate.malformed.at(-1)?.requestId ?? 'Request ID');
    } else {
      expect(statuses).toEqual(good);
    }
    for (const [i, answer] of answers.entries()) {
      const seen = expected.seen[i];
      if (seen && seen.method !== 'HEAD') expect(answer.body).toBe(`${seen.method} ${seen.target} ${seen.body.length}`);
    }
  });
});

describe('the corpus', () => {
  it('has distinct names and says why', () => {
    expect(new Set(REQUEST_CASES.map(({ name }) => name)).size).toBe(REQUEST_CASES.length);
    expect(REQUEST_CASES.filter(({ why }) => why.length < 4)).toEqual([]);
    console.log(`request_cases=${REQUEST_CASES.length}`);
  });
});
