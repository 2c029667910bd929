import { phraseClause } from '../pattern/required-literals.js';
import type { Operator } from './operator.js';

/** The value begins with the argument. */
export const beginsWith: Operator = {
  name: 'beginswith',
  argument: 'required',
  compile: (argument) => ({ test: (text) => text.startsWith(argument) }),
  clauses: (argument) => [phraseClause([argument]) ?? []].filter((clause) => clause.length > 0),
};
