import { RuleProblem } from '../model/rule-problem.js';
import type { Action } from './action.js';

const NAMED: Readonly<Record<string, number>> = { request: 2, response: 4, logging: 5 };

/** When the rule runs: 1 request headers, 2 request body, 3 response headers, 4 response body, 5 logging. */
export const phase: Action = {
  name: 'phase',
  place: 'head',
  argument: 'required',
  apply({ rule }, argument) {
    const value = NAMED[argument.toLowerCase()] ?? Number(argument);
    if (!Number.isInteger(value) || value < 1 || value > 5) throw new RuleProblem(`phase:${argument} is not one of 1-5`);
    rule.phase = value;
  },
};
