import { parseMacro } from '../parser/parse-macro.js';
import type { Action } from './action.js';

/** The rule's message; macros are expanded when it matches. */
export const msg: Action = {
  name: 'msg',
  place: 'head',
  argument: 'required',
  apply({ rule }, argument) {
    rule.msg = parseMacro(argument);
  },
};
