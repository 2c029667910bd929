import { RuleProblem } from '../model/rule-problem.js';
import { closingQuote, unescapeQuote } from './words.js';

/** An action as written; the name is lower-case, the argument empty when there is none. */
export interface ActionText {
  readonly name: string;
  readonly argument: string;
}

/** Splits an action list at its commas; arguments in single quotes may hold commas and `\'`. */
export function parseActions(text: string): ActionText[] {
  const actions: ActionText[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && (isSpace(text[at]!) || text[at] === ',')) at++;
    if (at >= text.length) return actions;
    const start = at;
    while (at < text.length && text[at] !== ':' && text[at] !== ',' && text[at] !== '=') at++;
    const name = text.slice(start, at).trim().toLowerCase();
    if (name === '') throw new RuleProblem('action without a name');
    if (at >= text.length || text[at] === ',') {
      actions.push({ name, argument: '' });
      continue;
    }
    const value = readArgument(text, at + 1, name);
    actions.push({ name, argument: value.argument });
    at = value.end;
  }
}

function readArgument(text: string, from: number, name: string): { argument: string; end: number } {
  let at = from;
  while (at < text.length && isSpace(text[at]!)) at++;
  if (text[at] !== "'") {
    const comma = text.indexOf(',', at);
    const end = comma < 0 ? text.length : comma;
    return { argument: text.slice(at, end).trim(), end };
  }
  const close = closingQuote(text, at + 1, "'");
  if (close < 0) throw new RuleProblem(`unterminated quote in action ${name}`);
  let end = close + 1;
  while (end < text.length && isSpace(text[end]!)) end++;
  if (end < text.length && text[end] !== ',') throw new RuleProblem(`text after the quoted argument of action ${name}`);
  return { argument: unescapeQuote(text.slice(at + 1, close), "'"), end };
}

function isSpace(char: string): boolean {
  return char === ' ' || (char >= '\t' && char <= '\r');
}
