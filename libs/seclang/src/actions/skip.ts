import { RuleProblem } from '../model/rule-problem.js';
import type { Action } from './action.js';

/** A match passes over that many rules of the same phase; a chain counts as one. */
export const skip: Action = {
  name: 'skip',
  place: 'head',
  argument: 'required',
  apply({ rule }, argument) {
    if (!/^[1-9]\d*$/.test(argument)) throw new RuleProblem(`skip:${argument} is not a positive number`);
    rule.skip = Number(argument);
  },
};
