import type { MacroText } from '../model/macro-text.js';
import { RuleProblem } from '../model/rule-problem.js';
import { parseMacro } from '../parser/parse-macro.js';
import { PERSISTENT_COLLECTIONS } from '../variables/persistent.js';

/** Splits `collection.name` of a setvar or expirevar; the name may hold macros. Only TX and persistent collections can be written. */
export function parseVariablePath(path: string): { readonly collection: string; readonly name: MacroText } {
  const dot = path.search(/[.:]/);
  const collection = (dot < 0 ? '' : path.slice(0, dot)).trim().toUpperCase();
  const name = path.slice(dot + 1).trim();
  const isKnown = collection === 'TX' || (PERSISTENT_COLLECTIONS as readonly string[]).includes(collection);
  if (!isKnown || name === '')
    throw new RuleProblem(`${path} can't be written: expected tx, ip, global, session, user or resource, a dot and a name`);
  return { collection, name: parseMacro(name) };
}
