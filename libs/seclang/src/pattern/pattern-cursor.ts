import { RuleProblem } from '../model/rule-problem.js';

/** Reads a pattern byte by byte; every problem names the offset. */
export class PatternCursor {
  offset = 0;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.offset >= this.text.length;
  }

  peek(ahead = 0): string {
    return this.text.charAt(this.offset + ahead);
  }

  take(): string {
    return this.text.charAt(this.offset++);
  }

  /** Steps over `expected` if it comes next. */
  accept(expected: string): boolean {
    if (!this.text.startsWith(expected, this.offset)) return false;
    this.offset += expected.length;
    return true;
  }

  /** Matches a sticky regular expression here and steps over it. */
  match(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.offset;
    const found = sticky.exec(this.text);
    if (found !== null) this.offset += found[0].length;
    return found;
  }

  /** The text up to `terminator`, which is stepped over. */
  until(terminator: string, what: string): string {
    const end = this.text.indexOf(terminator, this.offset);
    if (end < 0) throw this.problem(`${what} is not closed`);
    const found = this.text.slice(this.offset, end);
    this.offset = end + terminator.length;
    return found;
  }

  problem(reason: string): RuleProblem {
    return new RuleProblem(`regular expression, offset ${this.offset}: ${reason}`);
  }
}
