import type { RuleRecord } from './rule-record.js';
import type { RuleSelection } from './step-record.js';

/** Answers which rules of a ruleset an exclusion means. Answers are kept: they depend on nothing but the ruleset. */
export class RuleSelector {
  readonly #rules: readonly RuleRecord[];
  readonly #known = new Map<RuleSelection, Uint8Array>();

  constructor(rules: readonly RuleRecord[]) {
    this.#rules = rules;
  }

  /** One byte per rule index: 1 where the rule is meant. */
  rules(selection: RuleSelection): Uint8Array {
    let found = this.#known.get(selection);
    if (found === undefined) {
      const means = predicateOf(selection);
      found = Uint8Array.from(this.#rules, (rule) => (means(rule) ? 1 : 0));
      this.#known.set(selection, found);
    }
    return found;
  }
}

function predicateOf(selection: RuleSelection): (rule: RuleRecord) => boolean {
  if (selection.by === 'id') {
    const { ranges } = selection;
    return ({ id }) => ranges.some(([first, last]) => id >= first && id <= last);
  }
  const expression = new RegExp(selection.pattern.source, selection.pattern.flags);
  if (selection.by === 'tag') return ({ tags }) => tags.some((tag) => expression.test(tag));
  return ({ msg }) => expression.test(typeof msg === 'string' ? msg : msg.map((part) => (typeof part === 'string' ? part : '')).join(''));
}
