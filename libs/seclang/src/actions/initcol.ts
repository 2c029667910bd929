import { RuleProblem } from '../model/rule-problem.js';
import { parseMacro } from '../parser/parse-macro.js';
import { PERSISTENT_COLLECTIONS } from '../variables/persistent.js';
import type { Action } from './action.js';

/** Opens a persistent collection under a key: `ip=%{REMOTE_ADDR}`. */
export const initcol: Action = {
  name: 'initcol',
  place: 'link',
  argument: 'required',
  apply({ link }, argument) {
    const equals = argument.indexOf('=');
    const collection = argument.slice(0, Math.max(equals, 0)).trim().toUpperCase();
    if (!(PERSISTENT_COLLECTIONS as readonly string[]).includes(collection))
      throw new RuleProblem(`initcol:${argument} names no persistent collection`);
    link.steps.push({ kind: 'initcol', collection, key: parseMacro(argument.slice(equals + 1)) });
  },
};
