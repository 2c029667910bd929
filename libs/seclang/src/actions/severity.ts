import { RuleProblem } from '../model/rule-problem.js';
import { SEVERITIES } from '../model/verdict.js';
import type { Action } from './action.js';

/** How bad a match is: 0 to 7, or the word. */
export const severity: Action = {
  name: 'severity',
  place: 'head',
  argument: 'required',
  apply({ rule }, argument) {
    const word = SEVERITIES.findIndex((name) => name === argument.toUpperCase());
    const value = word >= 0 ? word : /^[0-7]$/.test(argument) ? Number(argument) : -1;
    if (value < 0) throw new RuleProblem(`severity:${argument} is not known (${SEVERITIES.join(', ')}, or 0-7)`);
    rule.severity = value;
  },
};
