import type { Action } from './action.js';

/** Tests the value before, and after each transformation that changes it. */
export const multiMatch: Action = {
  name: 'multimatch',
  place: 'link',
  argument: 'none',
  apply({ link }) {
    link.multiMatch = true;
  },
};
