import { nextPosition } from '../../model/skip-target.js';
import type { RulesetTables } from '../../artefact/ruleset-tables.js';
import type { RulesetBindings } from '../ruleset-bindings.js';
import type { RuntimeLink } from '../runtime-link.js';
import { RuntimeRule } from '../runtime-rule.js';
import { Assignment } from './assignment.js';
import { FacetAllowance } from './facet-room.js';
import { Interests } from './interests.js';
import { restsWithoutBody, sameWithoutBody } from '../../variables/without-body.js';
import type { AwaitedLink } from './awaited-link.js';
import type { CountGate } from './count-gate.js';
import type { KeyPlan } from './key-plan.js';
import { RuleGates } from './rule-gates.js';
import { VariablePlan } from './variable-plan.js';

/** What is done at a position of a phase: a rule is tried, or values are assigned. */
export type PlanStep = RuntimeRule | Assignment;

/** The steps of a phase in their order. */
export function phaseSteps(phase: number, tables: RulesetTables, bindings: RulesetBindings): PlanStep[] {
  const items = tables.plan[phase] ?? [];
  const steps = items.map((item) =>
    'assign' in item ? new Assignment(item, bindings.slots) : new RuntimeRule(tables.rules[item.rule]!, item.rule, bindings),
  );
  bindSkips(steps, phase, tables);
  return steps;
}

/**
 * The steps of a phase, or of two that look at the same values, and by which values each step can be ruled out without being tried. A step
 * whose bit is not in `always` is only tried when a value was found that makes it a candidate.
 */
export class PhasePlan {
  readonly steps: readonly PlanStep[];
  /** Bit `n & 31` of word `n >> 5` stands for step `n`. */
  readonly always: Int32Array;
  readonly variables: readonly VariablePlan[];
  /** Variables that say the same in all transactions this plan is for. */
  readonly resting: readonly VariablePlan[];
  /** What is found in those, as in `Interests.data`; null until the first transaction. */
  rest: readonly number[] | null = null;
  /** Those of one target stand together. */
  readonly counts: readonly CountGate[];
  readonly interests: Interests;
  readonly #awaited: ReadonlyMap<number, readonly AwaitedLink[]>;
  readonly allowance = new FacetAllowance();

  /** `isBodyless`: for transactions to which no body has come. */
  constructor(steps: readonly PlanStep[], tables: RulesetTables, bindings: RulesetBindings, isBodyless: boolean) {
    this.steps = steps;
    this.always = new Int32Array((steps.length + 31) >> 5);
    const gates = new RuleGates(tables.rules, bindings);
    steps.forEach((step, position) => {
      if (step instanceof Assignment || !gates.enter(step, position)) this.always[position >> 5]! |= 1 << (position & 31);
    });
    this.interests = new Interests(
      gates.keys.flatMap(({ waits }) => waits.flatMap(({ clauses }) => clauses.map(({ interest }) => interest))),
    );
    const isResting = ({ target }: KeyPlan): boolean => isBodyless && restsWithoutBody(target.variable.name);
    const nameOf = ({ target }: KeyPlan): string => (isBodyless ? sameWithoutBody(target.variable.name) : target.variable.name);
    this.resting = this.#byName(gates.keys.filter(isResting), nameOf, bindings);
    this.variables = this.#byName(
      gates.keys.filter((plan) => !isResting(plan)),
      nameOf,
      bindings,
    );
    this.counts = gates.counts.toSorted((a, b) => a.target.key - b.target.key);
    this.#awaited = gates.awaited;
  }

  /** The link that a bit of the rule at a position stands for. */
  linkOf(position: number, bit: number): RuntimeLink {
    const number = 31 - Math.clz32(bit);
    const found = this.#awaited.get(position)?.find(({ first, count }) => number < first + count);
    if (found === undefined) throw new TypeError(`no link for bit ${number}`);
    return found.link;
  }

  /** One for all targets of variables with the same members. */
  #byName(plans: readonly KeyPlan[], nameOf: (plan: KeyPlan) => string, { keys }: RulesetBindings): VariablePlan[] {
    return [...new Set(plans.map(nameOf))].map((name) => {
      const own = plans.filter((plan) => nameOf(plan) === name);
      return new VariablePlan(keys.variableOf[own[0]!.target.key]!, own, this.interests, this.allowance);
    });
  }
}

function bindSkips(steps: readonly PlanStep[], phase: number, { rules, markers, plan }: RulesetTables): void {
  const indexes = rules.flatMap((rule, index) => (rule.phase === phase ? [index] : []));
  const items = plan[phase] ?? [];
  const positions = new Map(indexes.map((index, position) => [index, position]));
  for (const step of steps) {
    if (step instanceof Assignment || (step.record.skip === 0 && step.record.skipAfter === '')) continue;
    const target = indexes[nextPosition(step.record, positions.get(step.index)!, indexes, markers)] ?? Infinity;
    const next = items.findIndex(({ rule }) => rule >= target);
    step.skipTo = next < 0 ? items.length : next;
  }
}
