import { RuleProblem } from '../model/rule-problem.js';
import type { Action } from './action.js';

/** How well tried the rule is, 1 to 9. */
export const maturity: Action = {
  name: 'maturity',
  place: 'head',
  argument: 'required',
  apply({ rule }, argument) {
    if (!/^[0-9]$/.test(argument)) throw new RuleProblem(`maturity:${argument} is not one of 1-9`);
    rule.maturity = Number(argument);
  },
};
