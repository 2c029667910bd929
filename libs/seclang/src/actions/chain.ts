import type { Action } from './action.js';

/** The next rule is a further link of this one: all must match. */
export const chain: Action = {
  name: 'chain',
  place: 'link',
  argument: 'none',
  apply({ link }) {
    link.isChained = true;
  },
};
