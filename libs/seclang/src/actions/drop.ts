import type { Action } from './action.js';

/** A match closes the connection. */
export const drop: Action = {
  name: 'drop',
  place: 'head',
  argument: 'none',
  apply({ rule }) {
    rule.disruption = 'drop';
  },
};
