import type { MacroText } from '../model/macro-text.js';
import type { LinkRecord, RuleRecord, TargetRecord } from '../model/rule-record.js';
import type { SoughtRecord, StepRecord } from '../model/step-record.js';
import { parsePattern } from '../pattern/parse-pattern.js';
import { requiredLiterals } from '../pattern/required-literals.js';
import { beginningOf, textsOfLink, textsOfRule } from './macro-texts.js';

/** Past this a set of texts is worth less than it takes. */
const MAX_TEXTS = 1000;

type SetvarRecord = Extract<StepRecord, { kind: 'setvar' }>;

/**
 * Rules keep what they have captured in a variable of its own (`setvar:tx.name_%{tx.0}=/%{tx.0}/`) for the next link to look whether it is
 * in a list (`TX:/^name_/ "@within …"`). Where nobody else could see those variables, only values that are in the list need be kept.
 */
export class SoughtWrites {
  readonly #rules: readonly RuleRecord[];

  /** `rules` are all that may run. */
  constructor(rules: readonly RuleRecord[]) {
    this.#rules = rules;
  }

  /** The rule with what its writes are for. */
  applyTo(rule: RuleRecord): RuleRecord {
    const links = rule.links.map((link, at) => {
      const next = rule.links[at + 1];
      if (next === undefined || !capturesInLowerCase(link)) return link;
      const steps = link.steps.map((step) => (step.kind === 'setvar' ? this.#judged(step, next) : step));
      return steps.every((step, index) => step === link.steps[index]) ? link : { ...link, steps };
    });
    return links.every((link, at) => link === rule.links[at]) ? rule : { ...rule, links };
  }

  #judged(step: SetvarRecord, next: LinkRecord): SetvarRecord {
    const kept = keptIn(step);
    const list = kept === null ? null : listOf(next, kept.prefix);
    if (kept === null || list === null) return step;
    const texts = textsBetween(list, kept.before, kept.after);
    const others = texts === null ? null : this.#others(kept.prefix, step, next);
    return texts === null || others === null ? step : { ...step, sought: { capture: kept.capture, texts, others } };
  }

  /** Literals that the rest of a name must hold for someone else to see it; null where there are none to tell. */
  #others(prefix: string, own: SetvarRecord, reader: LinkRecord): SoughtRecord['others'] | null {
    const literals: string[] = [];
    for (const rule of this.#rules) {
      if (textsOfRule(rule).some((text) => readsAny(text, prefix))) return null;
      for (const link of rule.links) {
        if (textsOfLink(link).some((text) => readsAny(text, prefix)) || link.steps.some((step) => step !== own && mayWrite(step, prefix)))
          return null;
        if (link === reader) continue;
        for (const target of link.targets) {
          const seen = literalsOf(target, prefix);
          if (seen === null) return null;
          literals.push(...seen);
        }
      }
    }
    return [...new Set(literals)];
  }
}

/** Whether the captures of a link are its own: names that differ by case only are the same name. */
function capturesInLowerCase({ operator, capture, multiMatch, transformations }: LinkRecord): boolean {
  return capture && operator?.name === 'rx' && !operator.negated && !multiMatch && transformations.at(-1) === 'lowercase';
}

/** What a step keeps: a capture between two texts, under a name that ends in the same capture. */
interface Kept {
  readonly capture: number;
  /** The beginning of the name, in lower case. */
  readonly prefix: string;
  readonly before: string;
  readonly after: string;
}

function keptIn({ collection, operation, name, value }: SetvarRecord): Kept | null {
  const written = splitAtCapture(value);
  const named = splitAtCapture(name);
  if (collection !== 'TX' || operation !== 'set' || written === null || named === null || written.capture !== named.capture) return null;
  if (named.after !== '' || !/^[a-z0-9_]+$/i.test(named.before)) return null;
  return { ...written, prefix: named.before.toLowerCase() };
}

function splitAtCapture(text: MacroText): Omit<Kept, 'prefix'> | null {
  if (typeof text === 'string') return null;
  const at = text.findIndex((part) => typeof part !== 'string');
  const [macro] = text.slice(at);
  const before = text.slice(0, at).join('');
  const after = text.slice(at + 1);
  if (typeof macro !== 'object' || macro[0] !== 'TX' || !/^\d$/.test(macro[1]) || !after.every((part) => typeof part === 'string'))
    return null;
  return { capture: Number(macro[1]), before, after: after.join('') };
}

/** All texts that stand between the two in a list; null when there are too many. */
function textsBetween(list: string, before: string, after: string): string[] | null {
  const texts = new Set<string>();
  for (let at = list.indexOf(before); at >= 0; at = list.indexOf(before, at + 1)) {
    const start = at + before.length;
    for (let end = list.indexOf(after, start); end >= 0; end = list.indexOf(after, end + 1)) {
      texts.add(list.slice(start, end));
      if (texts.size > MAX_TEXTS) return null;
      if (end >= list.length) break;
    }
    if (at >= list.length) break;
  }
  return [...texts];
}

/** The list that a link looks into for variables whose names begin so; null where it does anything else. */
function listOf({ targets, operator, transformations, multiMatch }: LinkRecord, prefix: string): string | null {
  const [target] = targets;
  if (targets.length !== 1 || target!.variable !== 'TX' || target!.mode !== 'include' || target!.pattern === null) return null;
  if (target!.pattern.pcre.toLowerCase() !== `^${prefix}` || transformations.length > 0 || multiMatch) return null;
  return operator?.name === 'within' && !operator.negated && typeof operator.argument === 'string' ? operator.argument : null;
}

function readsAny(text: MacroText, prefix: string): boolean {
  return (
    typeof text !== 'string' &&
    text.some((part) => typeof part !== 'string' && part[0] === 'TX' && (part[1] === '' || part[1].startsWith(prefix)))
  );
}

function mayWrite(step: StepRecord, prefix: string): boolean {
  if (step.kind !== 'setvar' || step.collection !== 'TX') return false;
  const beginning = beginningOf(step.name).toLowerCase();
  return beginning.startsWith(prefix) || (typeof step.name !== 'string' && prefix.startsWith(beginning));
}

/** Literals without which a target doesn't see a variable whose name begins so: none when it never does, null when they can't be told. */
function literalsOf({ variable, mode, selector, pattern }: TargetRecord, prefix: string): readonly string[] | null {
  if (variable !== 'TX' || mode === 'exclude') return [];
  if (pattern === null) return selector === '' || selector.startsWith(prefix) ? null : [];
  const [clause] = requiredLiterals(parsePattern(pattern.pcre, pattern.ignoreCase).node);
  return clause === undefined || clause.some((literal) => mayBeginIn(prefix, literal)) ? null : clause;
}

/** Whether a literal may stand in a text from somewhere in its prefix on. */
function mayBeginIn(prefix: string, literal: string): boolean {
  if (prefix.includes(literal)) return true;
  for (let length = 1; length < literal.length; length++) if (prefix.endsWith(literal.slice(0, length))) return true;
  return false;
}
