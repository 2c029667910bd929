import type { Action } from './action.js';

/** A match refuses the transaction with the rule's status (403 unless said). */
export const deny: Action = {
  name: 'deny',
  place: 'head',
  argument: 'none',
  apply({ rule }) {
    rule.disruption = 'deny';
  },
};
