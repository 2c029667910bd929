import { parseMacro } from '../parser/parse-macro.js';
import type { Action } from './action.js';

/** Opens the user collection under a key. */
export const setuid: Action = {
  name: 'setuid',
  place: 'link',
  argument: 'required',
  apply({ link }, argument) {
    link.steps.push({ kind: 'initcol', collection: 'USER', key: parseMacro(argument) });
  },
};
