import type { Action } from './action.js';

/** A match of the rule is logged, in the audit log too. */
export const log: Action = {
  name: 'log',
  place: 'link',
  argument: 'none',
  apply({ rule, link }) {
    // In a further link of a chain the word is allowed but says nothing: the head speaks for all.
    if (rule.links[0] !== link) return;
    rule.log = true;
    rule.auditLog = true;
  },
};
