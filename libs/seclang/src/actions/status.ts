import { RuleProblem } from '../model/rule-problem.js';
import type { Action } from './action.js';

/** The HTTP status of a refusal or redirect. */
export const status: Action = {
  name: 'status',
  place: 'head',
  argument: 'required',
  apply({ rule }, argument) {
    if (!/^[1-5]\d\d$/.test(argument)) throw new RuleProblem(`status:${argument} is not an HTTP status`);
    rule.status = Number(argument);
  },
};
