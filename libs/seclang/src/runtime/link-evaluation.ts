import { holdsAll } from '../matching/literal-scanner.js';
import type { CaptureList, OperatorTest } from '../operators/operator.js';
import type { Budget } from './budget.js';
import { Entry } from './entry.js';
import type { Ruleset } from './ruleset.js';
import type { RuntimeLink } from './runtime-link.js';
import type { RuntimeRule } from './runtime-rule.js';
import type { Subject } from './subject.js';
import type { Target } from './target.js';
import type { TargetCache } from './target-cache.js';
import type { TransactionState } from './transaction-state.js';

/** What is found in a known value that nobody seeks. */
const NOTHING_SOUGHT: readonly number[] = [];

/** Tests the links of rules against the values of one transaction and runs the steps of those that match. */
export class LinkEvaluation {
  readonly #ruleset: Ruleset;
  readonly #state: TransactionState;
  readonly #targets: TargetCache;
  readonly #budget: Budget;

  constructor(ruleset: Ruleset, state: TransactionState, targets: TargetCache, budget: Budget) {
    this.#ruleset = ruleset;
    this.#state = state;
    this.#targets = targets;
    this.#budget = budget;
  }

  /** Whether the link matches any value. Its steps run once for each value that matches. */
  matches(rule: RuntimeRule, link: RuntimeLink): boolean {
    if (link.isUnconditional) {
      this.#runSteps(link);
      return true;
    }
    const test = link.testFor(this.#state);
    let matched = false;
    const { targets } = link;
    for (let at = 0; at < targets.length; at++) {
      const target = targets[at]!;
      if (target.isCount) matched = this.#matchesCount(rule, link, target, test) || matched;
      else if (target.slot >= 0) matched = this.#matchesSlot(rule, link, target, test) || matched;
      else matched = this.#matchesAny(rule, link, target, test) || matched;
      if (this.#budget.isExceeded) return false;
    }
    return matched;
  }

  #matchesAny(rule: RuntimeRule, link: RuntimeLink, target: Target, test: OperatorTest): boolean {
    const entries = this.#targets.entries(target);
    let matched = false;
    // What the next value overwrites need not be written.
    const last = link.sought === null || rule.remembersMatches || this.#state.exclusions.length > 0 ? 0 : entries.length - 1;
    for (let at = 0; at < entries.length; at++) {
      if (at < last && this.#isOverwritten(link, entries[at]!)) continue;
      matched = this.#matchesEntry(rule, link, target, entries[at]!, test) || matched;
    }
    return matched;
  }

  #isOverwritten({ node, sought }: RuntimeLink, { subject }: Entry): boolean {
    if (sought === null) return false;
    const known = subject.answers === null ? null : subject.answers.findings(sought);
    if (known !== null) return known === NOTHING_SOUGHT;
    const isMissing = sought.isMissing(subject.variant(node, this.#ruleset.tree).text);
    subject.answers?.keepFindings(sought, isMissing ? NOTHING_SOUGHT : [1]);
    return isMissing;
  }

  #matchesCount(rule: RuntimeRule, link: RuntimeLink, target: Target, test: OperatorTest): boolean {
    const count = target.slot >= 0 ? (this.#state.tx.at(target.slot) === undefined ? 0 : 1) : this.#countEntries(rule, target);
    const text = String(count);
    if (test.test(text, null) === link.negated) return false;
    this.#matched(rule, link, `&${target.variable.name}${target.selector === '' ? '' : `:${target.selector}`}`, text, null);
    return true;
  }

  #countEntries(rule: RuntimeRule, target: Target): number {
    let count = 0;
    for (const entry of this.#targets.entries(target)) if (!this.#isExcluded(rule, target, entry)) count++;
    return count;
  }

  /** The quick way for a single TX variable, which most gates of a pack are. */
  #matchesSlot(rule: RuntimeRule, link: RuntimeLink, target: Target, test: OperatorTest): boolean {
    const value = this.#state.tx.at(target.slot);
    if (value === undefined) return false;
    const isPlain = link.node.parent === null && !link.multiMatch && !this.#state.excludedVariables.has('TX');
    const entry = isPlain ? null : new Entry(target.selector, value);
    if (entry !== null) return this.#matchesEntry(rule, link, target, entry, test);
    const captures: CaptureList | null = link.capture ? [] : null;
    if (this.#budget.spend(value.length) || test.test(value, captures) === link.negated) return false;
    this.#matched(rule, link, `TX:${target.selector}`, value, captures);
    return true;
  }

  #matchesEntry(rule: RuntimeRule, link: RuntimeLink, target: Target, entry: Entry, test: OperatorTest): boolean {
    if (link.gate !== null && (entry.subject.features & link.gate) === 0) return false;
    if (link.multiMatch) return this.#matchesMany(rule, link, target, entry, test);
    const { tree } = this.#ruleset;
    const subject = link.node.parent === null ? entry.subject : entry.subject.variant(link.node, tree);
    return this.#matchesSubject(rule, link, target, entry, subject, test);
  }

  /** multiMatch: the plain value, and each different value on the way through the transformations. */
  #matchesMany(rule: RuntimeRule, link: RuntimeLink, target: Target, entry: Entry, test: OperatorTest): boolean {
    let matched = false;
    let before: Subject | null = null;
    for (const node of link.path) {
      const subject = entry.subject.variant(node, this.#ruleset.tree);
      if (before !== null && subject.text === before.text) continue;
      before = subject;
      matched = this.#matchesSubject(rule, link, target, entry, subject, test) || matched;
    }
    return matched;
  }

  #matchesSubject(rule: RuntimeRule, link: RuntimeLink, target: Target, entry: Entry, subject: Subject, test: OperatorTest): boolean {
    const mayHold = link.clauses.length === 0 || this.#holdsLiterals(rule, link, subject);
    if ((!mayHold && !link.negated) || this.#isExcluded(rule, target, entry)) return false;
    const captures: CaptureList | null = link.capture ? [] : null;
    // Without its literals the operator can't hold: only a negated link goes on, and needs no test.
    if (
      this.#budget.spend(subject.text.length) ||
      (mayHold && (captures === null ? subject.holds(test) : test.test(subject.text, captures))) === link.negated
    )
      return false;
    this.#matched(rule, link, target.nameOf(entry), subject.text, captures);
    return true;
  }

  #holdsLiterals(rule: RuntimeRule, link: RuntimeLink, subject: Subject): boolean {
    const isResponse = rule.record.phase > 2;
    const scanner = isResponse ? this.#ruleset.responseScanner : this.#ruleset.requestScanner;
    const found = subject.clauses(scanner, isResponse);
    const { clauses, instead } = link;
    if (instead === null) return holdsAll(found, clauses);
    for (let at = 0; at < clauses.length; at++) if ((subject.features & instead[at]!) === 0 && !found.includes(clauses[at]!)) return false;
    return true;
  }

  #isExcluded(rule: RuntimeRule, target: Target, entry: Entry): boolean {
    if (this.#state.exclusions.length === 0) return false;
    const { name } = target.variable;
    if (!this.#state.excludedVariables.has(name)) return false;
    for (const exclusion of this.#state.exclusions) if (exclusion.concerns(rule.index, name) && exclusion.covers(entry)) return true;
    return false;
  }

  #matched(rule: RuntimeRule, link: RuntimeLink, name: string, text: string, captures: CaptureList | null): void {
    const state = this.#state;
    state.matchedName = name;
    state.matchedText = text;
    if (rule.remembersMatches) state.matched.push(new Entry(name, text));
    if (captures !== null && captures.length > 0) state.tx.setCaptures(captures);
    this.#runSteps(link);
  }

  #runSteps(link: RuntimeLink): void {
    const { steps } = link;
    for (let at = 0; at < steps.length; at++) steps[at]!.run(this.#state);
  }
}
