import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProxyBench } from './fixtures/bench.js';
import { HttpOrigin } from './fixtures/origin.js';
import { RawClient } from './fixtures/raw-client.js';

const PARTS = [
  'GET /1 HTTP/1.1\r\nHost: a\r\n\r\n',
  '\r\nGET /2?x HTTP/1.1\r\nHost: b\r\nX: 1\r\n\r\n',
  'POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab\r\nc',
  'POST /4 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n1\r\nd\r\n0\r\nT: 1\r\n\r\n',
  'HEAD /5 HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /6 HTTP/1.1\nHost: a\n\n',
  'POST /7 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  'POST /8 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZ\r\n',
  'G\xffT /9 HTTP/1.1\r\nHost: a\r\n\r\n',
];

/** What a client gets and what the origin saw, without what differs between any two runs. */
interface Result {
  readonly answers: string;
  readonly seen: string;
}

describe('a stream of requests, good and bad', () => {
  const origin = new HttpOrigin();
  let proxy: ProxyBench;

  beforeAll(async () => {
    proxy = await ProxyBench.start(await origin.open(), { gate: { wantsRequestBody: () => true } });
  });
  afterAll(async () => {
    await proxy.close();
    await origin.close();
  });

  async function run(bytes: Buffer, cuts: readonly number[]): Promise<Result> {
    origin.seen.length = 0;
    const client = await RawClient.open(proxy.port);
    let from = 0;
    for (const cut of [...cuts.map((place) => place % bytes.length), bytes.length].sort((a, b) => a - b)) {
      if (cut === from) continue;
      client.send(bytes.subarray(from, cut));
      from = cut;
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.socket.end();
    await client.ended();
    const answers = client.received.replace(/Date: .*|[0-9a-f]{32}/gi, '');
    client.close();
    return { answers, seen: JSON.stringify(origin.seen) };
  }

  it('gives the same answers and the same requests to the origin however its bytes are split', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(600), { maxLength: 6 }),
        async (parts, cuts) => {
          const bytes = Buffer.from(parts.join(''), 'latin1');
          expect(await run(bytes, cuts)).toEqual(await run(bytes, []));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives the origin nothing but requests that the client sent, whatever byte is changed', async () => {
    const text = `${PARTS[0]}${PARTS[2]}${PARTS[3]}`;
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.nat(255), async (place, byte) => {
        const bytes = Buffer.from(text, 'latin1');
        bytes[place] = byte;
        const before = proxy.endings.length;
        await run(bytes, []);
        const answered = proxy.endings.slice(before).filter(({ outcome }) => outcome.kind === 'answered' && outcome.status === 200);
        // Two independent parsers, ours and node:http's (which answers 400 to bytes it does not like), count the same requests.
        expect(origin.seen.map(({ method, url, body }) => [method, url, body.length])).toEqual(
          answered.map(({ exchange }) => [exchange.request.method, exchange.request.target, exchange.requestBodyBytes]),
        );
      }),
      { numRuns: 150 },
    );
  });
});
