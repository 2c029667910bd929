import type { Action } from './action.js';

/** The version of the rule's pack. */
export const ver: Action = {
  name: 'ver',
  place: 'head',
  argument: 'required',
  apply({ rule }, argument) {
    rule.version = argument;
  },
};
