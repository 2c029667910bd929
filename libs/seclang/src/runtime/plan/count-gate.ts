import type { KeyedTarget } from '../target-keys.js';
import type { LinkBits } from './key-plan.js';

/** A link that asks how many members a target has, and whether it may match for so many. */
export class CountGate {
  readonly target: KeyedTarget;
  readonly position: number;
  readonly bit: number;
  readonly full: number;
  readonly #ofNone: boolean;
  readonly #ofOne: boolean;

  /** `isCertain`: no rule takes members out of the count. */
  constructor(target: KeyedTarget, { position, first, full }: LinkBits, matches: (count: number) => boolean, isCertain: boolean) {
    this.target = target;
    this.position = position;
    this.bit = 1 << first;
    this.full = full;
    this.#ofNone = matches(0);
    this.#ofOne = !isCertain || matches(1);
  }

  mayMatch(count: number): boolean {
    return count === 0 ? this.#ofNone : count > 1 || this.#ofOne;
  }
}
