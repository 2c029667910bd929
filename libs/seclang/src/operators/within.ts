import type { Operator } from './operator.js';

/** The value occurs in the argument. */
export const within: Operator = {
  name: 'within',
  argument: 'required',
  compile: (argument) => ({ test: (text) => argument.includes(text) }),
};
