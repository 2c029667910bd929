import { RuleProblem } from '../model/rule-problem.js';
import type { Action } from './action.js';

/** The rule's number, unique in the ruleset. */
export const id: Action = {
  name: 'id',
  place: 'head',
  argument: 'required',
  apply({ rule }, argument) {
    const value = Number(argument);
    if (!/^\d+$/.test(argument) || !Number.isSafeInteger(value) || value === 0)
      throw new RuleProblem(`id:${argument} is not a positive number`);
    rule.id = value;
  },
};
