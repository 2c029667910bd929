import type { TargetRecord } from '../model/rule-record.js';
import { RuleProblem } from '../model/rule-problem.js';
import { translatePattern } from '../pattern/translate-pattern.js';
import { findVariable } from '../variables/registry.js';
import { checkXmlPath } from '../variables/xml.js';

/** Reads a target list such as `ARGS|!ARGS:token|&TX:score|REQUEST_COOKIES:/^_pk/`. Names of variables are case-insensitive. */
export function parseTargets(text: string): TargetRecord[] {
  const targets: TargetRecord[] = [];
  let at = 0;
  while (at < text.length) {
    if (/[|,\t-\r ]/.test(text[at]!)) {
      at++;
      continue;
    }
    const head = /[!&]?[\t-\r ]*([A-Za-z_0-9]+)/y;
    head.lastIndex = at;
    const found = head.exec(text);
    if (found === null) throw new RuleProblem(`a variable is expected at "${text.slice(at, at + 20)}"`);
    const variable = findVariable(found[1]!);
    if (variable === undefined) throw new RuleProblem(`unknown variable ${found[1]}`);
    const mode = found[0].startsWith('!') ? 'exclude' : found[0].startsWith('&') ? 'count' : 'include';
    at = head.lastIndex;
    const chosen = text[at] === ':' ? readSelector(text, at + 1, variable.name === 'XML') : { selector: '', pattern: null, end: at };
    if (variable.shape === 'scalar' && (chosen.selector !== '' || chosen.pattern !== null)) {
      throw new RuleProblem(`variable ${variable.name} takes no selector`);
    }
    if (variable.isSelectorRequired && mode !== 'count' && chosen.selector === '' && chosen.pattern === null) {
      throw new RuleProblem(`variable ${variable.name} needs a selector`);
    }
    if (variable.name === 'XML') checkXmlPath(chosen.selector);
    targets.push({ variable: variable.name, mode, selector: chosen.selector, pattern: chosen.pattern });
    at = chosen.end;
    if (at < text.length && !/[|,\t-\r ]/.test(text[at]!)) throw new RuleProblem(`"|" is expected at "${text.slice(at, at + 20)}"`);
  }
  if (targets.length === 0) throw new RuleProblem('a rule needs at least one variable');
  return targets;
}

type Selector = Pick<TargetRecord, 'selector' | 'pattern'> & { readonly end: number };

function readSelector(text: string, from: number, isPath: boolean): Selector {
  if (text[from] === "'" || text[from] === '"') {
    const quote = text[from];
    let end = from + 1;
    while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1;
    if (end >= text.length) throw new RuleProblem('unterminated quote in a selector');
    const inner = text.slice(from + 1, end).replaceAll(`\\${quote}`, quote);
    return { ...fromText(inner, isPath), end: end + 1 };
  }
  if (text[from] === '/' && !isPath) {
    let end = from + 1;
    while (end < text.length && text[end] !== '/') end += text[end] === '\\' ? 2 : 1;
    if (end >= text.length) throw new RuleProblem('unterminated pattern in a selector');
    return { ...fromText(text.slice(from, end + 1), false), end: end + 1 };
  }
  const separator = text.slice(from).search(/\||,[\t-\r ]*[!&]?[A-Z_]+(?:[:|,]|$)/);
  const end = separator < 0 ? text.length : from + separator;
  return { ...fromText(text.slice(from, end).trim(), isPath), end };
}

function fromText(text: string, isPath: boolean): Pick<TargetRecord, 'selector' | 'pattern'> {
  if (!isPath && text.length >= 2 && text.startsWith('/') && text.endsWith('/')) {
    const pcre = text.slice(1, -1).replaceAll('\\/', '/');
    return { selector: '', pattern: translatePattern(pcre, { capturing: false, ignoreCase: true }).record };
  }
  if (text === '') throw new RuleProblem('empty selector');
  return { selector: text.toLowerCase(), pattern: null };
}
