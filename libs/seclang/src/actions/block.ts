import type { Action } from './action.js';

/** A match does what SecDefaultAction says for the phase. */
export const block: Action = {
  name: 'block',
  place: 'head',
  argument: 'none',
  apply({ rule }) {
    rule.disruption = 'block';
  },
};
