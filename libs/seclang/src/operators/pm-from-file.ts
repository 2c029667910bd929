import { phraseClause } from '../pattern/required-literals.js';
import type { Operator } from './operator.js';
import { PhraseMatcher } from './phrase-matcher.js';
import { linesOf } from './phrases.js';

/** Any line of the named files occurs in the value, case ignored. */
export const pmFromFile: Operator = {
  name: 'pmfromfile',
  argument: 'file',
  captures: true,
  compile: (_argument, { text }) => new PhraseMatcher(linesOf(text)),
  clauses: (_argument, { text }) => [phraseClause(linesOf(text)) ?? []].filter((clause) => clause.length > 0),
};
