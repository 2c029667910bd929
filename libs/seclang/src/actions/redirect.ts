import { parseMacro } from '../parser/parse-macro.js';
import type { Action } from './action.js';

/** A match sends the client to a location. */
export const redirect: Action = {
  name: 'redirect',
  place: 'head',
  argument: 'required',
  apply({ rule }, argument) {
    rule.disruption = 'redirect';
    rule.location = parseMacro(argument);
  },
};
