import { parseMacro } from '../parser/parse-macro.js';
import type { Action } from './action.js';

/** Opens the resource collection under a key. */
export const setrsc: Action = {
  name: 'setrsc',
  place: 'link',
  argument: 'required',
  apply({ link }, argument) {
    link.steps.push({ kind: 'initcol', collection: 'RESOURCE', key: parseMacro(argument) });
  },
};
