import { RuleProblem } from '../model/rule-problem.js';
import type { Action } from './action.js';

/** How seldom the rule errs, 1 to 9; checked and otherwise not used. */
export const accuracy: Action = {
  name: 'accuracy',
  place: 'head',
  argument: 'required',
  apply(_scope, argument) {
    if (!/^[0-9]$/.test(argument)) throw new RuleProblem(`accuracy:${argument} is not one of 1-9`);
  },
};
