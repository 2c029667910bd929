import type { Action } from './action.js';

/** A tag for selecting and reporting rules; may be given many times. */
export const tag: Action = {
  name: 'tag',
  place: 'head',
  argument: 'required',
  apply({ rule }, argument) {
    rule.tags.push(argument);
  },
};
