import { phraseClause } from '../pattern/required-literals.js';
import type { Operator } from './operator.js';

/** The value ends with the argument. */
export const endsWith: Operator = {
  name: 'endswith',
  argument: 'required',
  compile: (argument) => ({ test: (text) => text.endsWith(argument) }),
  clauses: (argument) => [phraseClause([argument]) ?? []].filter((clause) => clause.length > 0),
};
