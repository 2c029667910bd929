import { RuleProblem } from '../model/rule-problem.js';
import type { Action } from './action.js';

/** A match lets the transaction pass all further rules, those of this phase (`allow:phase`), or those of the request (`allow:request`). */
export const allow: Action = {
  name: 'allow',
  place: 'head',
  argument: 'optional',
  apply({ rule }, argument) {
    const scope = argument.toLowerCase();
    if (scope !== '' && scope !== 'phase' && scope !== 'request') throw new RuleProblem(`allow:${argument} is not known (phase, request)`);
    rule.disruption = 'allow';
    rule.allowScope = scope === '' ? 'transaction' : scope;
  },
};
