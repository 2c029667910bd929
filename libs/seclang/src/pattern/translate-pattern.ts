import type { PatternRecord } from '../model/pattern-record.js';
import { RuleProblem } from '../model/rule-problem.js';
import { messageOf } from '@phalanx/kit';
import { parsePattern } from './parse-pattern.js';
import { MAX_PATTERN_SIZE, sizeOfPattern } from './pattern-size.js';
import { requiredLiterals, type Clause } from './required-literals.js';
import { toJavaScript } from './to-javascript.js';

/** A translated pattern with the literals that every match needs. */
export interface TranslatedPattern {
  readonly record: PatternRecord;
  readonly clauses: readonly Clause[];
}

/** Translates a PCRE pattern and proves that the JavaScript engine takes it. Throws RuleProblem with the reason. */
export function translatePattern(pcre: string, options: { readonly capturing: boolean; readonly ignoreCase?: boolean }): TranslatedPattern {
  const ignoreCase = options.ignoreCase ?? false;
  const pattern = parsePattern(pcre, ignoreCase);
  if (sizeOfPattern(pattern.node) > MAX_PATTERN_SIZE) {
    throw new RuleProblem(`regular expression is too large: its repetitions come to more than ${MAX_PATTERN_SIZE} parts`);
  }
  const record: PatternRecord = { pcre, ignoreCase, ...toJavaScript(pattern, options.capturing) };
  try {
    new RegExp(record.source, record.flags);
  } catch (error) {
    throw new RuleProblem(`regular expression can't be used: ${messageOf(error)}`, { cause: error });
  }
  return { record, clauses: requiredLiterals(pattern.node) };
}
