import { toInteger } from './integer.js';
import type { Operator } from './operator.js';

/** The value as a whole number is greater than the argument; text without digits counts as 0. */
export const gt: Operator = {
  name: 'gt',
  argument: 'required',
  compile(argument) {
    const bound = toInteger(argument);
    return { test: (text) => toInteger(text) > bound };
  },
};
