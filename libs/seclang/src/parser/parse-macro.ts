import type { MacroPart, MacroText } from '../model/macro-text.js';
import { RuleProblem } from '../model/rule-problem.js';
import { findVariable } from '../variables/registry.js';

const MACRO = /%\{([^}]*)\}/g;

/**
 * Reads the macros of a text. A variable that doesn't exist is a problem, not an empty text; in a `lenient` text (a regular
 * expression, where `%{` may mean itself) it stays as written.
 */
export function parseMacro(text: string, lenient = false): MacroText {
  if (!text.includes('%{')) return text;
  const parts: MacroPart[] = [];
  let last = 0;
  for (const found of text.matchAll(MACRO)) {
    if (lenient && findVariable(found[1]!.split(/[.:]/, 1)[0]!) === undefined) continue;
    if (found.index > last) parts.push(text.slice(last, found.index));
    parts.push(parseReference(found[1]!.trim()));
    last = found.index + found[0].length;
  }
  if (last < text.length) parts.push(text.slice(last));
  return parts.every((part) => typeof part === 'string') ? parts.join('') : parts;
}

function parseReference(reference: string): MacroPart {
  const split = reference.search(/[.:]/);
  const name = split < 0 ? reference : reference.slice(0, split);
  const variable = findVariable(name);
  if (variable === undefined) throw new RuleProblem(`macro %{${reference}} names an unknown variable`);
  return [variable.name, split < 0 ? '' : reference.slice(split + 1).toLowerCase()];
}
