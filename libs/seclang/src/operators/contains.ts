import { phraseClause } from '../pattern/required-literals.js';
import type { Operator } from './operator.js';

/** The argument occurs in the value. */
export const contains: Operator = {
  name: 'contains',
  argument: 'required',
  compile: (argument) => ({ test: (text) => text.includes(argument) }),
  clauses: (argument) => [phraseClause([argument]) ?? []].filter((clause) => clause.length > 0),
};
