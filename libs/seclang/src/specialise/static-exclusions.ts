import type { LinkRecord, RuleRecord, TargetRecord } from '../model/rule-record.js';
import type { ExclusionRecord, StepRecord } from '../model/step-record.js';

interface StaticExclusion {
  readonly target: ExclusionRecord;
  /** One byte per rule index. */
  readonly rules: Uint8Array;
}

/** Exclusions that hold for every request, worked into the rules that they concern. */
export class StaticExclusions {
  readonly #exclusions: StaticExclusion[] = [];

  add(step: Extract<StepRecord, { option: 'removeTarget' }>, rules: Uint8Array): void {
    this.#exclusions.push({ target: step.target, rules });
  }

  /** The rule without what it must not look at; null when its head has nothing left to look at. */
  applyTo(rule: RuleRecord, index: number): RuleRecord | null {
    const concerned = this.#exclusions.filter(({ rules }) => rules[index] === 1);
    if (concerned.length === 0) return rule;
    const links = rule.links.map((link) => concerned.reduce((rest, { target }) => without(rest, target), link));
    const [head] = links;
    const isEmpty = head !== undefined && head.operator !== null && head.targets.every(({ mode }) => mode === 'exclude');
    return isEmpty ? null : { ...rule, links };
  }
}

function without(link: LinkRecord, excluded: ExclusionRecord): LinkRecord {
  if (!link.targets.some(({ variable, mode }) => variable === excluded.variable && mode !== 'exclude')) return link;
  const left = link.targets.filter((target) => !isAllOf(target, excluded));
  const isOtherwiseSeen = left.some(({ variable, mode }) => variable === excluded.variable && mode !== 'exclude');
  const exclusion: TargetRecord = { ...excluded, mode: 'exclude' };
  return { ...link, targets: isOtherwiseSeen ? [...left, exclusion] : left };
}

function isAllOf({ variable, mode, selector, pattern }: TargetRecord, excluded: ExclusionRecord): boolean {
  if (mode === 'exclude' || variable !== excluded.variable || excluded.pattern !== null) return false;
  // A count of nothing is still a value to test.
  if (mode === 'count') return false;
  return excluded.selector === '' || (pattern === null && selector === excluded.selector);
}
