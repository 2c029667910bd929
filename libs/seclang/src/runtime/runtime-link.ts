import { GuardedMatcher } from '../matching/guarded-matcher.js';
import type { LinkRecord } from '../model/rule-record.js';
import type { Operator, OperatorTest } from '../operators/operator.js';
import { findOperator } from '../operators/registry.js';
import { Macro } from './macro.js';
import type { PipelineNode } from './pipeline.js';
import type { RulesetBindings } from './ruleset-bindings.js';
import type { Step } from './steps/step.js';
import { createStep } from './steps/create-step.js';
import { Target } from './target.js';
import { TargetExclusion } from './target-exclusion.js';
import type { TransactionState } from './transaction-state.js';

/** One link of a chain, bound to variables, operator and steps. */
export class RuntimeLink {
  readonly targets: readonly Target[];
  readonly exclusions: readonly TargetExclusion[];
  readonly node: PipelineNode;
  /** The nodes from the plain value to `node`, for multiMatch. */
  readonly path: readonly PipelineNode[];
  readonly multiMatch: boolean;
  readonly capture: boolean;
  readonly negated: boolean;
  readonly steps: readonly Step[];
  readonly clauses: Int32Array;
  /** Number of (targets, transformations) under which a transaction keeps the literals found in all their values, or -1. */
  readonly group: number;
  readonly #operator: Operator | null;
  readonly #argument: Macro;
  #test: OperatorTest | null = null;
  #testArgument: string | null = null;

  constructor(record: LinkRecord, bindings: RulesetBindings, isResponse: boolean) {
    const { slots, keys, tree, selector } = bindings;
    this.targets = record.targets.filter(({ mode }) => mode !== 'exclude').map((target) => new Target(target, keys, slots));
    this.exclusions = record.targets
      .filter(({ mode }) => mode === 'exclude')
      .map(
        (target) =>
          new TargetExclusion(target.variable, target.selector, target.pattern === null ? null : new GuardedMatcher(target.pattern), null),
      );
    this.node = tree.node(record.transformations);
    this.path = pathTo(this.node);
    this.multiMatch = record.multiMatch;
    this.capture = record.capture;
    this.negated = record.operator?.negated ?? false;
    this.steps = record.steps.map((step) => createStep(step, slots, selector));
    this.clauses = Int32Array.from(record.clauses);
    this.#operator = record.operator === null ? null : (findOperator(record.operator.name) ?? null);
    this.#argument = new Macro(record.operator?.argument ?? '', slots);
    const isFixed = this.targets.length > 0 && this.targets.every((target) => target.key >= 0 && !target.isCount);
    const canGroup = this.clauses.length > 0 && !this.negated && isFixed;
    this.group = canGroup ? bindings.groups.number(groupKey(this, isResponse)) : -1;
    if (this.#operator !== null && record.operator !== null && this.#argument.constant !== null) {
      this.#test = this.#operator.compile(this.#argument.constant, record.operator);
      this.#testArgument = this.#argument.constant;
    }
  }

  /** Whether this link is a SecAction, which matches by itself. */
  get isUnconditional(): boolean {
    return this.#operator === null;
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
}

function pathTo(node: PipelineNode): PipelineNode[] {
  const path: PipelineNode[] = [];
  for (let at: PipelineNode | null = node; at !== null; at = at.parent) path.unshift(at);
  return path;
}

function groupKey({ targets, node, multiMatch }: RuntimeLink, isResponse: boolean): string {
  const keys = [...new Set(targets.map(({ key }) => key))].sort((a, b) => a - b);
  return `${isResponse ? 1 : 0}/${multiMatch ? 'm' : ''}${node.id}/${keys.join(',')}`;
}
