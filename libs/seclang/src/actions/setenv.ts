import { RuleProblem } from '../model/rule-problem.js';
import { parseMacro } from '../parser/parse-macro.js';
import type { Action } from './action.js';

/** Sets a variable of the ENV collection for the rest of the transaction: `name=value`. */
export const setenv: Action = {
  name: 'setenv',
  place: 'link',
  argument: 'required',
  apply({ link }, argument) {
    const equals = argument.indexOf('=');
    const name = equals < 0 ? argument : argument.slice(0, equals);
    if (name.trim() === '') throw new RuleProblem('setenv needs a name');
    link.steps.push({ kind: 'setenv', name: parseMacro(name.trim()), value: parseMacro(equals < 0 ? '1' : argument.slice(equals + 1)) });
  },
};
