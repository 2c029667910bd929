import type { RuleRecord } from '../../model/rule-record.js';
import type { RulesetBindings } from '../ruleset-bindings.js';
import type { RuntimeLink } from '../runtime-link.js';
import type { RuntimeRule } from '../runtime-rule.js';
import type { AwaitedLink } from './awaited-link.js';
import { CountGate } from './count-gate.js';
import { clausesOf, KeyPlan, type LinkBits } from './key-plan.js';

/** Bits of a number for what a rule waits for: of what is beyond it doesn't wait. */
const MAX_BITS = 30;

/**
 * What the rules of a phase wait for. A chain waits for what each of its links needs, as far as the links before leave nothing behind that
 * could be missed when the rule isn't tried.
 */
export class RuleGates {
  readonly counts: CountGate[] = [];
  /** By position: the links that the rule there waits for. */
  readonly awaited = new Map<number, readonly AwaitedLink[]>();
  readonly #keys = new Map<number, KeyPlan>();
  readonly #bindings: RulesetBindings;
  /** Variables whose members may be taken out of a rule's sight. */
  readonly #excluded: ReadonlySet<string>;

  constructor(rules: readonly RuleRecord[], bindings: RulesetBindings) {
    this.#bindings = bindings;
    this.#excluded = new Set(rules.flatMap(excludedBy));
  }

  get keys(): readonly KeyPlan[] {
    return [...this.#keys.values()];
  }

  /** False for a rule that has to be tried whatever the values are. */
  enter({ links, record }: RuntimeRule, position: number): boolean {
    const awaited: AwaitedLink[] = [];
    let size = 0;
    for (const link of links.slice(0, record.silentLinks + 1)) {
      const count = Math.max(1, clausesOf(link).length);
      // A scan of what nobody else may ask for costs more than a later link that rules out more is worth.
      const isDear = awaited.length > 0 && clausesOf(link).length > 0;
      if (isDear || !isForeseeable(link) || size + count > MAX_BITS) continue;
      awaited.push({ link, first: size, count });
      size += count;
    }
    this.awaited.set(position, awaited);
    for (const { link, first } of awaited) this.#enterLink(link, { position, first, full: 2 ** size - 1 });
    return awaited.length > 0;
  }

  #enterLink(link: RuntimeLink, bits: LinkBits): void {
    const { targets } = this.#bindings.keys;
    for (const { key, isCount, variable } of link.targets) {
      const target = targets[key]!;
      if (isCount) {
        const matches = (count: number): boolean => link.fixedTest?.test(String(count), null) !== link.negated;
        this.counts.push(new CountGate(target, bits, matches, !this.#excluded.has(variable.name)));
        continue;
      }
      const plan = this.#keys.get(key) ?? new KeyPlan(target);
      this.#keys.set(key, plan);
      plan.enter(link, bits);
    }
  }
}

/** Whether the values a link looks at are there when its phase begins. */
function isForeseeable({ isUnconditional, targets, fixedTest }: RuntimeLink): boolean {
  if (isUnconditional || targets.length === 0 || targets.some(({ key }) => key < 0)) return false;
  return targets.every(({ isCount }) => !isCount) || (fixedTest !== null && targets.every(({ isCount }) => isCount));
}

function excludedBy({ links }: RuleRecord): string[] {
  return links.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === 'ctl' && step.option === 'removeTarget' ? [step.target.variable] : [])),
  );
}
