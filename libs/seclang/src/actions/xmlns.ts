import { RuleProblem } from '../model/rule-problem.js';
import type { Action } from './action.js';

/** Names an XML namespace. The supported XML paths need none, so it is only checked. */
export const xmlns: Action = {
  name: 'xmlns',
  place: 'link',
  argument: 'required',
  apply(_scope, argument) {
    if (!/^[^=]+=.+$/.test(argument)) throw new RuleProblem(`xmlns:${argument} is not of the form prefix=uri`);
  },
};
