import { parseMacro } from '../parser/parse-macro.js';
import type { Action } from './action.js';
import { parseVariablePath } from './variable-path.js';

/** Sets a variable: `tx.a=b`, `tx.a=+1`, `tx.a=-1`, `tx.a` (1), `!tx.a` (unset). Macros may stand in name and value. */
export const setvar: Action = {
  name: 'setvar',
  place: 'link',
  argument: 'required',
  apply({ link }, argument) {
    if (argument.startsWith('!')) {
      link.steps.push({ kind: 'setvar', ...parseVariablePath(argument.slice(1)), operation: 'unset', value: '' });
      return;
    }
    const equals = argument.indexOf('=');
    const path = parseVariablePath(equals < 0 ? argument : argument.slice(0, equals));
    const value = equals < 0 ? '1' : argument.slice(equals + 1).trim();
    const operation = value.startsWith('+') ? 'add' : value.startsWith('-') ? 'subtract' : 'set';
    link.steps.push({ kind: 'setvar', ...path, operation, value: parseMacro(operation === 'set' ? value : value.slice(1)) });
  },
};
