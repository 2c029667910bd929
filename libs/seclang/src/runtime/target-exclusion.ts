import type { PatternMatcher } from '../matching/pattern-matcher.js';
import type { Entry } from './entry.js';

/** A target that some rules must not look at: all of a variable, a named member, or members whose name a pattern matches. */
export class TargetExclusion {
  readonly variable: string;
  readonly #selector: string;
  readonly #matcher: PatternMatcher | null;
  /** One byte per rule index: 1 where the rule is meant. */
  readonly #rules: Uint8Array;

  constructor(variable: string, selector: string, matcher: PatternMatcher | null, rules: Uint8Array) {
    this.variable = variable;
    this.#selector = selector;
    this.#matcher = matcher;
    this.#rules = rules;
  }

  concerns(ruleIndex: number, variable: string): boolean {
    return variable === this.variable && this.#rules[ruleIndex] === 1;
  }

  covers(entry: Entry): boolean {
    if (this.#matcher !== null) return this.#matcher.test(entry.name);
    return this.#selector === '' || this.#selector === entry.key;
  }
}
