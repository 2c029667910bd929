import { RuleProblem } from '../model/rule-problem.js';
import { parseMacro } from '../parser/parse-macro.js';
import type { Action } from './action.js';
import { parseVariablePath } from './variable-path.js';

/** Lets a member of a persistent collection vanish after a number of seconds: `ip.block=600`. */
export const expirevar: Action = {
  name: 'expirevar',
  place: 'link',
  argument: 'required',
  apply({ link }, argument) {
    const equals = argument.indexOf('=');
    const path = parseVariablePath(equals < 0 ? argument : argument.slice(0, equals));
    if (path.collection === 'TX') throw new RuleProblem('expirevar needs a persistent collection: TX lives no longer than its transaction');
    link.steps.push({ kind: 'expirevar', ...path, seconds: parseMacro(equals < 0 ? '3600' : argument.slice(equals + 1)) });
  },
};
