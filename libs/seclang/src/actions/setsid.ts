import { parseMacro } from '../parser/parse-macro.js';
import type { Action } from './action.js';

/** Opens the session collection under a key. */
export const setsid: Action = {
  name: 'setsid',
  place: 'link',
  argument: 'required',
  apply({ link }, argument) {
    link.steps.push({ kind: 'initcol', collection: 'SESSION', key: parseMacro(argument) });
  },
};
