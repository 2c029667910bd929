import type { Action } from './action.js';

/** Keeps group 0 and the groups of a match as TX:0 to TX:9. */
export const capture: Action = {
  name: 'capture',
  place: 'link',
  argument: 'none',
  apply({ link }) {
    link.capture = true;
  },
};
