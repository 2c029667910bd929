import type { MacroText } from '../model/macro-text.js';
import type { LinkRecord, RuleRecord, TargetRecord } from '../model/rule-record.js';
import type { SoughtRecord, StepRecord } from '../model/step-record.js';
import { parsePattern } from '../pattern/parse-pattern.js';
import { requiredLiterals } from '../pattern/required-literals.js';
import { beginningOf, textsOfLink, textsOfRule } from './macro-texts.js';

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
      if (next === undefined || link.multiMatch || link.transformations.at(-1) !== 'lowercase') return link;
      const steps = link.steps.map((step) => (step.kind === 'setvar' ? this.#judged(step, next) : step));
      return steps.every((step, index) => step === link.steps[index]) ? link : { ...link, steps };
    });
    return links.every((link, at) => link === rule.links[at]) ? rule : { ...rule, links };
  }

  #judged(step: SetvarRecord, next: LinkRecord): SetvarRecord {
    const prefix = prefixOf(step);
    if (prefix === null) return step;
    const list = listOf(next, prefix);
    const others = list === null ? null : this.#others(prefix, step, next);
    return list === null || others === null ? step : { ...step, sought: { list, others } };
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

/** Of a step that writes `/value/` under `name_value`: the beginning of the name, in lower case. */
function prefixOf({ collection, operation, name, value }: SetvarRecord): string | null {
  if (collection !== 'TX' || operation !== 'set' || typeof name === 'string' || typeof value === 'string') return null;
  const [prefix, capture] = name;
  if (name.length !== 2 || typeof prefix !== 'string' || typeof capture !== 'object' || capture[0] !== 'TX' || !/^\d$/.test(capture[1]))
    return null;
  if (!/^[a-z0-9_]+$/i.test(prefix)) return null;
  const isSame = value.filter((part) => typeof part !== 'string').every((part) => part[0] === 'TX' && part[1] === capture[1]);
  return isSame ? prefix.toLowerCase() : null;
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
