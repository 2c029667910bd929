import type { MacroText } from '../model/macro-text.js';
import type { LinkRecord, RuleRecord, TargetRecord } from '../model/rule-record.js';
import { findOperator } from '../operators/registry.js';
import { textsOfRule, textsOfStep } from './macro-texts.js';

/** Which rules match for every transaction that comes to their phase, also where rules may be taken out. */
export type Certainty = 'open' | 'always' | 'unless-removed';

/** What is known of a rule's place in the plan. */
export interface PlacedRule {
  readonly index: number;
  readonly certainty: Certainty;
  /** Whether it is taken out where rules are. */
  readonly isRemoved: boolean;
}

/**
 * What a link leaves behind when it matches and its chain goes no further: MATCHED_VAR and the captures, as later rules may read them that
 * haven't set them themselves. Where nobody does, nobody can tell whether the link was tried.
 */
export class Leftovers {
  readonly #rules: readonly RuleRecord[];
  /** Whether some rule reads captures that aren't its own. */
  readonly #areCapturesRead: boolean;
  /** Rules that read MATCHED_VAR before they have set it. */
  readonly #readers: ReadonlySet<number>;

  constructor(rules: readonly RuleRecord[], planned: ReadonlySet<number>) {
    this.#rules = rules;
    const reads = [...planned].map((index) => ({ index, ...foreignReads(rules[index]!) }));
    this.#areCapturesRead = reads.some(({ captures }) => captures);
    this.#readers = new Set(reads.filter(({ matched }) => matched).map(({ index }) => index));
  }

  /** The number of links, from the head on, that leave nothing behind. `later` are the rules behind this one in its phase. */
  silentLinks({ index, isRemoved }: PlacedRule, later: readonly PlacedRule[]): number {
    if (this.#readers.size > 0 && !this.#isCovered(isRemoved, later)) return 0;
    const { links } = this.#rules[index]!;
    const loud = links.findIndex(({ steps, capture }) => steps.length > 0 || (capture && this.#areCapturesRead));
    return loud < 0 ? links.length : loud;
  }

  /** Whether a later rule of the phase sets MATCHED_VAR anew in any case, before anybody reads it. */
  #isCovered(isRemoved: boolean, later: readonly PlacedRule[]): boolean {
    for (const { index, certainty } of later) {
      const rule = this.#rules[index]!;
      const isConditional = rule.links.some(({ operator }) => operator !== null);
      if (this.#readers.has(index) || (!isConditional && rule.disruption.kind !== 'pass')) return false;
      if (isConditional && (certainty === 'always' || (certainty === 'unless-removed' && isRemoved))) return true;
    }
    return false;
  }
}

interface ForeignReads {
  readonly matched: boolean;
  readonly captures: boolean;
}

/** Whether a rule reads MATCHED_VAR or captures that it may not have set itself. */
function foreignReads(rule: RuleRecord): ForeignReads {
  let hasMatched = false;
  let hasCaptured = false;
  const found = { matched: false, captures: false };
  const readsTexts = (texts: readonly MacroText[]): void => {
    for (const text of texts)
      for (const part of typeof text === 'string' ? [] : text) if (typeof part !== 'string') readsMember(part[0], part[1], !hasMatched);
  };
  const readsMember = (variable: string, selector: string, isEarly: boolean): void => {
    // Those are kept of rules that look at them, and only for these.
    if (variable.startsWith('MATCHED_VARS')) found.matched = true;
    if (variable.startsWith('MATCHED_VAR') && isEarly) found.matched = true;
    if (variable === 'TX' && !hasCaptured && (selector === '' || /^\d$/.test(selector))) found.captures = true;
  };
  for (const link of rule.links) {
    for (const target of link.targets) if (readsCaptures(target)) found.captures ||= !hasCaptured;
    found.matched ||= !hasMatched && link.targets.some(({ variable }) => variable === 'MATCHED_VAR' || variable === 'MATCHED_VAR_NAME');
    if (link.operator !== null) readsTexts([link.operator.argument]);
    hasMatched ||= link.operator !== null;
    hasCaptured ||= capturesSurely(link);
    readsTexts(link.steps.flatMap(textsOfStep));
  }
  readsTexts(textsOfRule(rule));
  // What a rule has matched is in its record.
  return { ...found, matched: found.matched || (rule.log && !hasMatched) };
}

function readsCaptures({ variable, mode, selector, pattern }: TargetRecord): boolean {
  if (variable !== 'TX' || mode === 'exclude') return false;
  if (pattern === null) return selector === '' || /^\d$/.test(selector);
  const test = new RegExp(pattern.source, pattern.flags);
  return Array.from('0123456789').some((name) => test.test(name));
}

function capturesSurely({ operator, capture }: LinkRecord): boolean {
  return capture && operator !== null && !operator.negated && findOperator(operator.name)?.captures === true;
}
