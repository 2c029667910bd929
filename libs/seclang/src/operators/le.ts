import { toInteger } from './integer.js';
import type { Operator } from './operator.js';

/** The value as a whole number is less than or equal to the argument; text without digits counts as 0. */
export const le: Operator = {
  name: 'le',
  argument: 'required',
  compile(argument) {
    const bound = toInteger(argument);
    return { test: (text) => toInteger(text) <= bound };
  },
};
