import { writeRequests } from './grammar.js';
import { mutate } from './mutations.js';
import { Random } from './random.js';

/** One input of the fuzzer. The same seed makes the same case. */
export interface FuzzCase {
  readonly seed: number;
  readonly bytes: Buffer;
  /** Where the bytes are cut into writes. */
  readonly cuts: readonly number[];
  /** Bodies are judged whole before anything is forwarded; else they stream. */
  readonly wantsBodies: boolean;
  /** The client vanishes instead of waiting for its answers. */
  readonly isReset: boolean;
}

/** Makes the case of a seed. */
export function makeFuzzCase(seed: number): FuzzCase {
  const random = new Random(seed);
  const bytes = Buffer.from(mutate(writeRequests(random), random), 'latin1');
  const cuts = Array.from({ length: random.below(5) }, () => random.below(bytes.length + 1)).sort((a, b) => a - b);
  return { seed, bytes, cuts, wantsBodies: random.below(4) > 0, isReset: random.oneIn(25) };
}
