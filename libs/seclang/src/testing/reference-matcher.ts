import type { PatternRecord } from '../model/pattern-record.js';
import type { PatternMatcher } from '../matching/pattern-matcher.js';

/** A pattern decided by the JavaScript engine's own backtracking matcher: what our matchers are compared with on short texts. */
export class ReferenceMatcher implements PatternMatcher {
  readonly #record: PatternRecord;
  #expression: RegExp | null = null;

  constructor(record: PatternRecord) {
    this.#record = record;
  }

  test(text: string): boolean {
    return this.#program().test(text);
  }

  capture(text: string): readonly (string | undefined)[] | null {
    const found = this.#program().exec(text);
    if (found === null) return null;
    const { captures } = this.#record;
    return captures === null ? found : captures.map((group) => (group < 0 ? undefined : found[group]));
  }

  #program(): RegExp {
    this.#expression ??= new RegExp(this.#record.source, this.#record.flags);
    return this.#expression;
  }
}
