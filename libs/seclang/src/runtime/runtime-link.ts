import type { LinkRecord } from '../model/rule-record.js';
import type { Operator, OperatorTest } from '../operators/operator.js';
import { findOperator } from '../operators/registry.js';
import type { LiteralTraits } from '../pattern/literal-traits.js';
import type { NeededKinds } from '../pattern/needed-kinds.js';
import { Macro } from './macro.js';
import type { PipelineNode } from './pipeline.js';
import type { RulesetBindings } from './ruleset-bindings.js';
import type { Step } from './steps/step.js';
import { createStep } from './steps/create-step.js';
import { SetVariable } from './steps/set-variable.js';
import type { SoughtTexts } from './steps/sought-texts.js';
import { Target } from './target.js';
import type { TransactionState } from './transaction-state.js';

/** One link of a chain, bound to variables, operator and steps. */
export class RuntimeLink {
  readonly targets: readonly Target[];
  readonly node: PipelineNode;
  /** The nodes from the plain value to `node`, for multiMatch. */
  readonly path: readonly PipelineNode[];
  readonly multiMatch: boolean;
  readonly capture: boolean;
  readonly negated: boolean;
  readonly steps: readonly Step[];
  /** For a link that matches any value and captures it whole, of which its steps only keep what is asked for: only the last one leaves more. */
  readonly sought: SoughtTexts | null;
  readonly clauses: readonly number[];
  readonly traits: readonly LiteralTraits[];
  /** By clause: kinds of bytes (FEATURE) that do as well as its literals; null where none do for any. */
  readonly instead: readonly number[] | null;
  /** What a value needs after the transformations for the link to match it; empty where that isn't known. */
  readonly needs: NeededKinds;
  /** Kinds of bytes (FEATURE) of which a plain value must have one for the link to match it; null when any value may match. */
  readonly gate: number | null;
  readonly #operator: Operator | null;
  readonly #argument: Macro;
  #test: OperatorTest | null = null;
  #testArgument: string | null = null;

  constructor(record: LinkRecord, { slots, keys, tree, selector }: RulesetBindings) {
    const excluded = record.targets.filter(({ mode }) => mode === 'exclude');
    const seen = record.targets.filter(({ mode }) => mode !== 'exclude');
    this.targets = seen.map((target) => new Target(target, excluded, keys, slots));
    this.node = tree.node(record.transformations);
    this.path = pathTo(this.node);
    this.multiMatch = record.multiMatch;
    this.capture = record.capture;
    this.negated = record.operator?.negated ?? false;
    this.steps = record.steps.map((step) => createStep(step, slots, selector));
    this.sought = takesAll(record) ? soughtBy(this.steps) : null;
    this.clauses = record.clauses;
    this.traits = record.traits;
    this.instead = record.traits.some(({ instead }) => instead !== 0) ? record.traits.map(({ instead }) => instead) : null;
    this.#operator = record.operator === null ? null : (findOperator(record.operator.name) ?? null);
    this.#argument = new Macro(record.operator?.argument ?? '', slots);
    const kinds = this.#neededKind();
    this.gate = kinds === null || this.node.triggers === null ? null : kinds | this.node.triggers;
    this.needs = this.negated ? [] : kinds === null ? record.needs : kindsOneByOne(kinds);
    if (this.#operator !== null && record.operator !== null && this.#argument.constant !== null) {
      this.#test = this.#operator.compile(this.#argument.constant, record.operator);
      this.#testArgument = this.#argument.constant;
    }
  }

  /** Whether this link is a SecAction, which matches by itself. */
  get isUnconditional(): boolean {
    return this.#operator === null;
  }

  /** The operator, where its text is the same for all transactions. */
  get fixedTest(): OperatorTest | null {
    return this.#argument.constant === null ? null : this.#test;
  }

  /** The operator with its macros expanded. The last expansion is kept: it seldom changes between transactions. */
  testFor(state: TransactionState): OperatorTest {
    if (this.#test !== null && this.#argument.constant !== null) return this.#test;
    const argument = this.#argument.expand(state);
    if (this.#test === null || argument !== this.#testArgument) {
      if (this.#operator === null) throw new TypeError('an action has no operator');
      this.#test = this.#operator.compile(argument, { text: '', pattern: null });
      this.#testArgument = argument;
    }
    return this.#test;
  }

  /** Makes the operator's machines, which are otherwise made when they are first needed. */
  prepare(): void {
    this.#test?.prepare?.(this.capture);
  }

  /** Kinds of bytes of which the operator needs one. */
  #neededKind(): number | null {
    const { constant } = this.#argument;
    if (constant === null || this.negated) return null;
    return this.#operator?.features?.(constant) ?? null;
  }
}

function pathTo(node: PipelineNode): PipelineNode[] {
  const path: PipelineNode[] = [];
  for (let at: PipelineNode | null = node; at !== null; at = at.parent) path.unshift(at);
  return path;
}

function kindsOneByOne(kinds: number): NeededKinds {
  return Array.from({ length: 31 }, (_, bit) => 1 << bit).filter((kind) => (kinds & kind) !== 0);
}

/** Whether a link matches every value, and captures it as it is. */
function takesAll({ operator, capture, multiMatch }: LinkRecord): boolean {
  return capture && !multiMatch && operator !== null && operator.name === 'rx' && !operator.negated && operator.pattern?.pcre === '^.*$';
}

function soughtBy([step, ...others]: readonly Step[]): SoughtTexts | null {
  if (!(step instanceof SetVariable) || others.length > 0) return null;
  return step.sought?.capture === 0 ? step.sought : null;
}
