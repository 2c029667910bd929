import type { PlanItem, PlanRecord } from '../model/plan-record.js';
import type { MarkerRecord, RuleRecord } from '../model/rule-record.js';
import { RuleSelector } from '../model/rule-selector.js';
import { nextPosition } from '../model/skip-target.js';
import { ArgumentTexts } from './argument-texts.js';
import { applySteps, forgetCaptures, knownWrites } from './apply-steps.js';
import { judgeLink } from './judge-link.js';
import { type Certainty, Leftovers, type PlacedRule } from './leftovers.js';
import { KnownVariables } from './known-variables.js';
import { SoughtWrites } from './sought-writes.js';
import { StaticExclusions } from './static-exclusions.js';
import { Way } from './way.js';

const LOGGING_PHASE = 5;

/** What is left of a ruleset: the plan, and the rules with what they never look at taken out. */
interface Specialised {
  readonly rules: readonly RuleRecord[];
  readonly plan: PlanRecord;
}

type RuleFate = 'always' | 'never' | 'open';

/**
 * Decides beforehand whatever doesn't depend on a request: set-up rules that give TX variables their defaults, gates of paranoia levels,
 * rules behind a gate that is shut, exclusions that always hold. The rules are followed in the order in which they run, with all that is
 * known about TX; where ways part and meet again, only what holds on both is kept. What a plan leaves out can't match.
 */
export function specialise(rules: readonly RuleRecord[], markers: readonly MarkerRecord[]): Specialised {
  return new Specialiser(rules, markers).run();
}

class Specialiser {
  readonly #rules: RuleRecord[];
  readonly #markers: readonly MarkerRecord[];
  readonly #selector: RuleSelector;
  readonly #exclusions = new StaticExclusions();
  /** Transactions that no rule has taken rules out for, except those in `removable`. */
  readonly #whole = new Way();
  /** Transactions for which a rule has taken out `removed` (packs do so for the server's own health checks). */
  readonly #reduced = new Way();
  #removed: Uint8Array | null = null;
  /** Rules that other rules may take out at run time: nothing is decided about those. */
  readonly #removable: Uint8Array;
  /** By rule that is planned. */
  readonly #certainty: Certainty[] = [];
  #indexes: readonly number[] = [];
  #items: PlanItem[] = [];
  /** Ways have met since the last item was entered: what is assigned now isn't assigned on all ways to that item. */
  #isMeeting = false;
  #hasAllowed = false;

  constructor(rules: readonly RuleRecord[], markers: readonly MarkerRecord[]) {
    this.#rules = [...rules];
    this.#markers = markers;
    this.#selector = new RuleSelector(rules);
    this.#removable = new Uint8Array(rules.length);
  }

  run(): Specialised {
    const plan: PlanItem[][] = [[]];
    this.#whole.known = new KnownVariables();
    this.#whole.arrive(1);
    for (let phase = 1; phase <= LOGGING_PHASE; phase++) plan.push(this.#phase(phase));
    return { rules: this.#polished(plan), plan };
  }

  /** The rules with what can be told about them once it is known which of them run. */
  #polished(plan: PlanRecord): RuleRecord[] {
    const planned = new Set(plan.flatMap((items) => items.flatMap((item) => ('assign' in item ? [] : [item.rule]))));
    const writes = new SoughtWrites(this.#rules.filter((_, index) => planned.has(index)));
    const leftovers = new Leftovers(this.#rules, planned);
    const rules = this.#rules.map((rule, index) => (planned.has(index) ? writes.applyTo(rule) : rule));
    for (const items of plan) {
      const placed = items.flatMap((item) => ('assign' in item ? [] : [this.#placed(item.rule)]));
      placed.forEach((rule, at) => {
        rules[rule.index] = { ...rules[rule.index]!, silentLinks: leftovers.silentLinks(rule, placed.slice(at + 1)) };
      });
    }
    return rules;
  }

  #placed(index: number): PlacedRule {
    return { index, certainty: this.#certainty[index] ?? 'open', isRemoved: this.#removed?.[index] === 1 };
  }

  #phase(phase: number): PlanItem[] {
    this.#indexes = this.#rules.flatMap((rule, index) => (rule.phase === phase ? [index] : []));
    this.#items = [];
    const ways = [this.#whole, this.#reduced];
    for (const way of ways) way.begin(phase);
    for (let position = 0; position < this.#indexes.length; position++) {
      for (const way of ways) this.#isMeeting = way.reach(position) || this.#isMeeting;
      this.#rule(position);
    }
    for (const way of ways) {
      way.reach(this.#indexes.length);
      way.arrive(phase + 1);
    }
    return this.#items;
  }

  /** Follows the rule at a position on both ways, and enters it into the plan where it is needed. */
  #rule(position: number): void {
    const index = this.#indexes[position]!;
    const rule = this.#exclusions.applyTo(this.#rules[index]!, index);
    if (rule === null) return;
    this.#rules[index] = rule;
    const before = this.#whole.known?.copy() ?? null;
    const texts = new ArgumentTexts();
    const fate = this.#follow(rule, index, this.#whole.known, texts);
    const fateReduced = this.#removed?.[index] === 1 ? 'never' : this.#follow(rule, index, this.#reduced.known, texts);
    if (fate === 'never' && fateReduced === 'never') return;
    const target = nextPosition(rule, position, this.#indexes, this.#markers);
    if (fate === 'always' && fateReduced === 'never' && before !== null && this.#isFolded(rule, index, before)) {
      this.#goOn(this.#whole, fate, target, position);
      return;
    }
    this.#items.push({ rule: index });
    this.#certainty[index] = this.#certaintyOf(index, fate, fateReduced);
    this.#rules[index] = texts.filledIn(rule);
    this.#isMeeting = false;
    this.#noteRemovals(rule);
    for (const [way, itsFate] of [[this.#whole, fate] as const, [this.#reduced, fateReduced] as const]) {
      if (itsFate === 'never') continue;
      this.#noteEnd(rule, way);
      this.#goOn(way, itsFate, target, position);
    }
  }

  #certaintyOf(index: number, fate: RuleFate, fateReduced: RuleFate): Certainty {
    if (fate !== 'always' || this.#whole.isJumped) return 'open';
    if (this.#removed?.[index] === 1) return 'unless-removed';
    return this.#reduced.known === null || (fateReduced === 'always' && !this.#reduced.isJumped) ? 'always' : 'open';
  }

  #follow(rule: RuleRecord, index: number, known: KnownVariables | null, texts: ArgumentTexts): RuleFate {
    if (known === null) return 'never';
    let certain = this.#removable[index] === 0;
    let hasWritten = false;
    for (const [at, link] of rule.links.entries()) {
      texts.note(link, at, known);
      const fate = judgeLink(link, known);
      if (fate === 'never') return hasWritten ? 'open' : 'never';
      certain = certain && fate === 'once' && !link.capture;
      if (link.capture) forgetCaptures(known);
      applySteps(link.steps, known, certain);
      hasWritten ||= link.steps.length > 0;
    }
    return certain ? 'always' : 'open';
  }

  /** Whether a rule that always matches needs not run: its writes are entered into the plan, its exclusions into the rules behind it. */
  #isFolded(rule: RuleRecord, index: number, before: KnownVariables): boolean {
    if (rule.log || rule.severity >= 0 || rule.disruption.kind !== 'pass') return false;
    const steps = rule.links.flatMap((link) => link.steps);
    const removals = steps.flatMap((step) => (step.kind === 'ctl' && step.option === 'removeTarget' ? [step] : []));
    const writes = knownWrites(
      steps.filter((step) => !(step.kind === 'ctl' && step.option === 'removeTarget')),
      before,
    );
    if (writes === null) return false;
    const chosen = removals.map((step) => this.#selector.rules(step.selection));
    if (!chosen.every((rules) => this.#holdsForAll(rules))) return false;
    removals.forEach((step, at) => this.#exclusions.add(step, chosen[at]!));
    if (writes.length > 0) this.#assign(index, writes);
    return true;
  }

  /** Whether an exclusion entered here would hold for every transaction that comes to one of the rules. */
  #holdsForAll(rules: Uint8Array): boolean {
    if (this.#whole.isJumped || this.#hasAllowed) return false;
    const { known } = this.#reduced;
    return known === null || rules.every((isMeant, index) => isMeant === 0 || this.#removed?.[index] === 1);
  }

  #assign(index: number, assign: readonly (readonly [string, string | null])[]): void {
    const last = this.#items.at(-1);
    const isAlike = last !== undefined && this.#removed?.[last.rule] === this.#removed?.[index];
    if (last !== undefined && 'assign' in last && isAlike && !this.#isMeeting) {
      this.#items[this.#items.length - 1] = { rule: last.rule, assign: [...last.assign, ...assign] };
    } else this.#items.push({ rule: index, assign });
    this.#isMeeting = false;
  }

  #noteRemovals(rule: RuleRecord): void {
    for (const { steps } of rule.links)
      for (const step of steps) {
        if (step.kind !== 'ctl' || step.option !== 'removeRules') continue;
        const rules = this.#selector.rules(step.selection);
        this.#removed ??= rules;
        if (this.#removed.every((isMeant, index) => isMeant === rules[index])) this.#reduced.take(this.#whole);
        else rules.forEach((isMeant, index) => (this.#removable[index]! |= isMeant));
      }
  }

  /** Where a transaction goes on that the rule has ended, or let pass. */
  #noteEnd({ disruption, phase }: RuleRecord, way: Way): void {
    if (disruption.kind === 'allow') {
      this.#hasAllowed = true;
      const next = disruption.scope === 'phase' ? phase + 1 : disruption.scope === 'request' ? Math.max(3, phase + 1) : LOGGING_PHASE;
      way.arrive(Math.min(next, LOGGING_PHASE));
    } else if (disruption.kind !== 'pass') way.arrive(LOGGING_PHASE);
  }

  #goOn(way: Way, fate: RuleFate, target: number, position: number): void {
    if (target === position + 1) return;
    way.jump(target);
    if (fate === 'always') way.known = null;
  }
}
