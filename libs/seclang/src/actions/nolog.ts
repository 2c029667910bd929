import type { Action } from './action.js';

/** A match of the rule is not logged. */
export const nolog: Action = {
  name: 'nolog',
  place: 'link',
  argument: 'none',
  apply({ rule, link }) {
    // In a further link of a chain the word is allowed but says nothing: the head speaks for all.
    if (rule.links[0] !== link) return;
    rule.log = false;
    rule.auditLog = false;
  },
};
