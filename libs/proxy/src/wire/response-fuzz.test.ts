import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger, type Logger } from '@phalanx/kit';
import { ProxyBench } from '../fixtures/bench.js';
import { ScriptedOrigin } from '../fixtures/origin.js';
import { until } from '../fixtures/patience.js';
import { RawClient } from '../fixtures/raw-client.js';
import { RESPONSE_CASES } from './corpus/responses.js';
import { mutate } from './fuzz/mutations.js';
import { Random } from './fuzz/random.js';
import { readAnswer } from './reader/read-answer.js';

/** As in `fuzz.test.ts`. */
const SECONDS = Number(process.env['PHALANX_FUZZ_SECONDS'] ?? (process.env['CI'] ? 20 : 3));
const FIRST_SEED = Number(process.env['PHALANX_FUZZ_SEED'] ?? Date.now() % 1_000_000_000);
const MAX_FINDINGS = 5;
const HINTS = ['HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', '', '', ''];

interface AnswerCase {
  readonly method: string;
  readonly bytes: Buffer;
  readonly cut: number;
  readonly wantsBody: boolean;
}

function makeCase(seed: number): AnswerCase {
  const random = new Random(seed);
  const { method, answer } = random.pick(RESPONSE_CASES);
  const bytes = Buffer.from(random.pick(HINTS) + mutate(answer, random), 'latin1');
  return { method, bytes, cut: random.below(bytes.length + 1), wantsBody: random.oneIn(2) };
}

describe('damaged answers', () => {
  const complaints: string[] = [];
  const logger: Logger = { ...silentLogger, error: (message, fields) => void complaints.push(`${message} ${JSON.stringify(fields)}`) };
  let current = makeCase(FIRST_SEED);
  let proxy: ProxyBench;
  let originPort = 0;
  const origin = new ScriptedOrigin((socket: Socket) => {
    const { bytes, cut } = current;
    socket.write(bytes.subarray(0, cut), () => socket.end(bytes.subarray(cut)));
  });

  beforeAll(async () => {
    originPort = await origin.open();
    proxy = await ProxyBench.start(originPort, {
      options: { logger },
      // An origin that fails rests otherwise.
      application: { upstream: { targets: [{ host: '127.0.0.1', port: originPort }], maxFails: 1_000_000_000 } },
      gate: { wantsResponseBody: () => current.wantsBody },
    });
  });
  afterAll(async () => {
    await proxy.close();
    await origin.close();
  });

  /** What is wrong with what became of the current case, or null. */
  async function run(): Promise<string | null> {
    const { method } = current;
    const client = await RawClient.open(proxy.port);
    client.send(`${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    await client.ended();
    const { received } = client;
    client.close();
    const outcome = proxy.endings.pop()?.outcome;
    const reading = readAnswer(received, method);
    if (complaints.length > 0) return complaints.splice(0).join();
    if (reading.kind === 'wrong') return `the client got ${JSON.stringify(received.slice(0, 500))}: ${reading.why}`;
    if (reading.kind === 'cut')
      return outcome?.kind === 'aborted' ? null : `the client got half an answer, the outcome was ${outcome?.kind}`;
    if (outcome?.kind === 'failed') return outcome.status === 502 && reading.status === 502 ? null : `failed with ${reading.status}`;
    return outcome?.kind === 'answered' && outcome.status === reading.status ? null : `the outcome was ${outcome?.kind}`;
  }

  it(
    `reach the client whole, cut or as 502, and nothing of them is left over, in ${SECONDS} s`,
    async () => {
      const end = performance.now() + SECONDS * 1000;
      const findings: string[] = [];
      let seed = FIRST_SEED;
      for (; performance.now() < end && findings.length < MAX_FINDINGS; seed += 1) {
        current = makeCase(seed);
        const found = await run();
        if (found !== null) findings.push(`PHALANX_FUZZ_SEED=${seed} ${JSON.stringify(current.bytes.toString('latin1'))}\n${found}`);
      }
      console.log(`response_fuzz_seed=${FIRST_SEED} response_fuzz_cases=${seed - FIRST_SEED}`);
      expect(findings.join('\n\n')).toBe('');
      await until(() => proxy.server.stats().connections === 0);
      expect(proxy.server.stats()).toMatchObject({ exchangesActive: 0, upstreams: [{ active: 0, idle: 0 }] });
    },
    SECONDS * 1000 + 60_000,
  );
});
