import type { Action } from './action.js';

/** A match lets the transaction go on. */
export const pass: Action = {
  name: 'pass',
  place: 'head',
  argument: 'none',
  apply({ rule }) {
    rule.disruption = 'pass';
  },
};
