import { parseMacro } from '../parser/parse-macro.js';
import type { Action } from './action.js';

/** What of the match is logged; macros are expanded when the rule matches. */
export const logdata: Action = {
  name: 'logdata',
  place: 'head',
  argument: 'required',
  apply({ rule }, argument) {
    rule.logData = parseMacro(argument);
  },
};
