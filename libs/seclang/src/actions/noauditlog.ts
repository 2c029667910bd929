import type { Action } from './action.js';

/** A match of the rule stays out of the audit log. */
export const noauditlog: Action = {
  name: 'noauditlog',
  place: 'link',
  argument: 'none',
  apply({ rule, link }) {
    // In a further link of a chain the word is allowed but says nothing: the head speaks for all.
    if (rule.links[0] !== link) return;
    rule.auditLog = false;
  },
};
