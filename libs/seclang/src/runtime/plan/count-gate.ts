import type { KeyedTarget } from '../target-keys.js';
import type { LinkBits } from './key-plan.js';

/** Counts for which it is found out beforehand whether a link matches. */
const FORESEEN_COUNTS = 256;

/** A link that asks how many members a target has, and whether it may match for so many. */
export class CountGate {
  readonly target: KeyedTarget;
  readonly position: number;
  readonly bit: number;
  readonly full: number;
  /** By count: 1 where the link may match. */
  readonly #mayMatch = new Uint8Array(FORESEEN_COUNTS);

  /** `isCertain`: no rule takes members out of the count. */
  constructor(target: KeyedTarget, { position, first, full }: LinkBits, matches: (count: number) => boolean, isCertain: boolean) {
    this.target = target;
    this.position = position;
    this.bit = 1 << first;
    this.full = full;
    for (let count = 0, hasMatched = false; count < FORESEEN_COUNTS; count++) {
      const isMatch = matches(count);
      hasMatched ||= isMatch;
      this.#mayMatch[count] = isMatch || (!isCertain && hasMatched) ? 1 : 0;
    }
  }

  mayMatch(count: number): boolean {
    return count >= FORESEEN_COUNTS || this.#mayMatch[count] === 1;
  }
}
