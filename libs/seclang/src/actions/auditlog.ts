import type { Action } from './action.js';

/** A match of the rule goes to the audit log. */
export const auditlog: Action = {
  name: 'auditlog',
  place: 'link',
  argument: 'none',
  apply({ rule, link }) {
    // In a further link of a chain the word is allowed but says nothing: the head speaks for all.
    if (rule.links[0] !== link) return;
    rule.auditLog = true;
  },
};
