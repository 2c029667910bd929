import { GuardedMatcher } from '../matching/guarded-matcher.js';
import { simpleMatcher } from '../matching/simple-matcher.js';
import { parsePattern } from '../pattern/parse-pattern.js';
import { requiredLiterals } from '../pattern/required-literals.js';
import { translatePattern } from '../pattern/translate-pattern.js';
import type { Operator } from './operator.js';

/** The pattern matches somewhere in the value; group 0 and the groups are captured. */
export const rx: Operator = {
  name: 'rx',
  argument: 'required',
  captures: true,
  compile(argument, { pattern }) {
    const record = pattern ?? translatePattern(argument, { capturing: true }).record;
    const matcher = simpleMatcher(record) ?? new GuardedMatcher(record);
    return {
      test(text, captures) {
        if (captures === null) return matcher.test(text);
        const found = matcher.capture(text);
        if (found === null) return false;
        for (let group = 0; group < found.length && group < 10; group++) captures.push(found[group]);
        return true;
      },
      prepare(captures) {
        if (matcher instanceof GuardedMatcher) matcher.prepare(captures);
      },
    };
  },
  clauses: (argument) => requiredLiterals(parsePattern(argument).node),
  pattern: (argument) => argument,
};
