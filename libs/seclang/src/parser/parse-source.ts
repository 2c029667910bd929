import { SecLangError } from '../seclang-error.js';
import { RuleProblem } from '../model/rule-problem.js';
import type { RuleSource } from '../source/rule-source.js';
import { logicalLines } from './logical-lines.js';
import { splitWords } from './words.js';

/** One directive with its words. `line` is where it begins. */
export interface Statement {
  readonly file: string;
  readonly line: number;
  readonly directive: string;
  readonly words: readonly string[];
}

/** The directives of a source in order. Throws SecLangError for quoting that doesn't close. */
export function parseSource(source: RuleSource): Statement[] {
  const statements: Statement[] = [];
  for (const { line, text } of logicalLines(source.text)) {
    const words = attempt(source.name, line, () => splitWords(text));
    statements.push({ file: source.name, line, directive: words[0]!, words: words.slice(1) });
  }
  return statements;
}

/** Runs `work` and gives a RuleProblem its place. */
export function attempt<T>(file: string, line: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RuleProblem) throw new SecLangError(file, line, error.message, error.cause);
    throw error;
  }
}
