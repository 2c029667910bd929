import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { makeFuzzCase } from './fuzz/fuzz-case.js';
import { WireFuzzer } from './fuzz/fuzzer.js';

/** 60 s in CI; `PHALANX_FUZZ_SECONDS` and `PHALANX_FUZZ_SEED` ask for more, or for one case again. */
const SECONDS = Number(process.env['PHALANX_FUZZ_SECONDS'] ?? (process.env['CI'] ? 60 : 5));
const FIRST_SEED = Number(process.env['PHALANX_FUZZ_SEED'] ?? Date.now() % 1_000_000_000);
const MAX_FINDINGS = 5;
/** Cases until caches, pools and compiled code have their size. */
const WARM_UP = 200;
const MAX_GROWTH_BYTES = 16_777_216;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Heap and buffers that are really held. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What is held beyond `before`. Memory behind buffers is given back a little after them: it is looked at until it is, or for a few seconds. */
async function growthSince(before: number): Promise<number> {
  const end = performance.now() + 5_000;
  for (;;) {
    const growth = heldBytes() - before;
    if (growth < MAX_GROWTH_BYTES || performance.now() > end) return growth;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('damaged requests', () => {
  let fuzzer: WireFuzzer;

  beforeAll(async () => {
    fuzzer = await WireFuzzer.start();
  });
  afterAll(async () => {
    await fuzzer.close();
  });

  it(
    `make no crash, no disagreement and no growth in ${SECONDS} s`,
    async () => {
      const end = performance.now() + SECONDS * 1000;
      const findings: string[] = [];
      let seed = FIRST_SEED;
      let before = Infinity;
      console.log(`fuzz_seed=${FIRST_SEED}`);
      while (performance.now() < end && findings.length < MAX_FINDINGS) {
        const found = await fuzzer.run(seed);
        if (found.length > 0) findings.push(describeCase(seed, found));
        seed += 1;
        if (seed - FIRST_SEED === WARM_UP) before = heldBytes();
      }
      console.log(`fuzz_cases=${seed - FIRST_SEED} forwarded=${fuzzer.forwarded} refused=${fuzzer.refused} findings=${findings.length}`);
      expect(Math.min(fuzzer.forwarded, fuzzer.refused)).toBeGreaterThan(10 * SECONDS);
      expect(findings.join('\n\n')).toBe('');
      expect(fuzzer.held()).toEqual({ connections: 0, exchanges: 0, active: 0 });
      expect(await growthSince(before)).toBeLessThan(MAX_GROWTH_BYTES);
    },
    SECONDS * 1000 + 60_000,
  );
});

/** How to see it again. */
function describeCase(seed: number, found: readonly string[]): string {
  const { bytes, cuts, wantsBodies, isReset } = makeFuzzCase(seed);
  const how = `cuts=${JSON.stringify(cuts)} wantsBodies=${wantsBodies} isReset=${isReset}`;
  return `PHALANX_FUZZ_SEED=${seed} ${how}\n${JSON.stringify(bytes.toString('latin1'))}\n${found.join('\n')}`;
}
