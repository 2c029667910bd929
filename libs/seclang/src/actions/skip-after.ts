import type { Action } from './action.js';

/** A match goes on behind the named marker. */
export const skipAfter: Action = {
  name: 'skipafter',
  place: 'head',
  argument: 'required',
  apply({ rule }, argument) {
    rule.skipAfter = argument;
  },
};
