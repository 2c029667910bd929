import { phraseClause } from '../pattern/required-literals.js';
import type { Operator } from './operator.js';
import { PhraseMatcher } from './phrase-matcher.js';
import { wordsOf } from './phrases.js';

/** Any of the argument's words occurs in the value, case ignored. */
export const pm: Operator = {
  name: 'pm',
  argument: 'required',
  captures: true,
  compile: (argument) => new PhraseMatcher(wordsOf(argument)),
  clauses: (argument) => [phraseClause(wordsOf(argument)) ?? []].filter((clause) => clause.length > 0),
};
