import type { Action } from './action.js';

/** The revision of the rule. */
export const rev: Action = {
  name: 'rev',
  place: 'head',
  argument: 'required',
  apply({ rule }, argument) {
    rule.revision = argument;
  },
};
