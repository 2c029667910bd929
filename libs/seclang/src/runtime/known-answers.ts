import type { OperatorTest } from '../operators/operator.js';

/** What was found out about a value that outlives its transaction: what operators said, and what it is to the rules that wait. */
export class KnownAnswers {
  readonly #answers = new Map<OperatorTest, boolean>();
  readonly #askers: object[] = [];
  readonly #findings: (readonly number[])[] = [];

  /** What an operator says about the text of the value. */
  holds(test: OperatorTest, text: string): boolean {
    const known = this.#answers.get(test);
    if (known !== undefined) return known;
    const answer = test.test(text, null);
    this.#answers.set(test, answer);
    return answer;
  }

  /** What was kept for the rules that wait; null when nothing was yet. */
  findings(asker: object): readonly number[] | null {
    const askers = this.#askers;
    for (let at = 0; at < askers.length; at++) if (askers[at] === asker) return this.#findings[at]!;
    return null;
  }

  keepFindings(asker: object, findings: readonly number[]): void {
    this.#askers.push(asker);
    this.#findings.push(findings);
  }
}
