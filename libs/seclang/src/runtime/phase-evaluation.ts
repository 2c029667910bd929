import { SEVERITIES, type Interruption, type RuleMatch } from '../model/verdict.js';
import type { Budget } from './budget.js';
import { LinkEvaluation } from './link-evaluation.js';
import { Assignment } from './plan/assignment.js';
import { type Candidates, nextBit } from './plan/candidates.js';
import type { PlanStep } from './plan/phase-plan.js';
import { BOTH_REQUEST_PHASES, type Ruleset } from './ruleset.js';
import type { RuntimeRule } from './runtime-rule.js';
import { TargetCache } from './target-cache.js';
import type { TransactionState } from './transaction-state.js';

/** Bytes of a matched value that a match keeps. */
const MATCHED_BYTES = 512;
/** Bytes of a message or of log data with their macros expanded. */
const LOG_TEXT_BYTES = 4096;
/** Matches kept of one transaction; rules beyond still act. */
const MAX_MATCHES = 200;
const LOGGING_PHASE = 5;
/** What a rule that ends its phase, but not the transaction, leaves to be tried. */
const NO_MORE = Number.MAX_SAFE_INTEGER;

/** A phase under way. */
interface Progress {
  phase: number;
  /** The plan that `steps` and `candidates` are of; those of the phase stand in it from `first` up to `end`. */
  readonly plan: number;
  readonly steps: readonly PlanStep[];
  first: number;
  end: number;
  /** Of the values that the candidates were found in. */
  readonly epoch: number;
  readonly candidates: Candidates;
  isCollected: boolean;
  position: number;
}

/** Runs the rules of a transaction phase by phase. A verdict is a value; nothing here throws for what a request holds. */
export class PhaseEvaluation {
  readonly matches: RuleMatch[] = [];
  /** What would have stopped the transaction, had the engine been allowed to. */
  wouldBlock: Interruption | null = null;
  /** The rule that was running when the budget ran out. */
  exceededRuleId = 0;
  readonly #ruleset: Ruleset;
  readonly #state: TransactionState;
  readonly #canBlock: boolean;
  readonly #budget: Budget;
  readonly #targets: TargetCache;
  readonly #links: LinkEvaluation;
  #progress: Progress | null = null;
  /** Phase 1, when it has found the candidates of phase 2 as well. */
  #ahead: Progress | null = null;
  #interruption: Interruption | null = null;
  #allowed: 'nothing' | 'request' | 'transaction' = 'nothing';

  constructor(ruleset: Ruleset, state: TransactionState, canBlock: boolean, budget: Budget) {
    this.#ruleset = ruleset;
    this.#state = state;
    this.#canBlock = canBlock;
    this.#budget = budget;
    this.#targets = new TargetCache(state, ruleset.keys);
    this.#links = new LinkEvaluation(ruleset, state, this.#targets, budget);
  }

  /** Whether a phase is under way whose slice of time is over. */
  get isPaused(): boolean {
    return this.#progress !== null;
  }

  /** Runs one phase (1-5). Gives what stops the transaction, or null: that of a phase that is paused comes from `resume`. */
  run(phase: number): Interruption | null {
    if (this.#isSkipped(phase)) return null;
    this.#state.phase = phase;
    const { length } = this.#ruleset.plan(phase).steps;
    if (length === 0) return null;
    this.#progress = this.#begin(phase, length);
    return this.resume();
  }

  #begin(phase: number, end: number): Progress {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead !== null) {
      if (phase === 2 && ahead.epoch === this.#state.epoch) return goneOn(ahead);
      this.#giveBack(ahead);
    }
    const { epoch, isBodyExpected } = this.#state;
    const plan = phase === 1 && !isBodyExpected ? BOTH_REQUEST_PHASES : phase;
    const { steps } = this.#ruleset.plan(plan);
    const candidates = this.#ruleset.takeCandidates(plan);
    candidates.begin(this.#targets);
    return { phase, plan, steps, first: 0, end, epoch, candidates, isCollected: false, position: 0 };
  }

  #giveBack({ plan, candidates }: Progress): void {
    candidates.end();
    this.#ruleset.giveBack(plan, candidates);
  }

  /** Goes on with the phase that is paused. */
  resume(): Interruption | null {
    const progress = this.#progress;
    if (progress === null) return null;
    this.#budget.start();
    this.#interruption = null;
    const isDone = this.#advance(progress);
    this.#budget.stop();
    if (!isDone) return null;
    this.#progress = null;
    const isAhead = progress.plan === BOTH_REQUEST_PHASES && progress.phase === 1 && progress.isCollected;
    if (isAhead && this.#interruption === null) this.#ahead = progress;
    else this.#giveBack(progress);
    return this.#interruption;
  }

  #isSkipped(phase: number): boolean {
    if (this.#state.engineMode === 'Off') return true;
    if (phase === LOGGING_PHASE) return false;
    return this.#budget.isExceeded || this.#allowed === 'transaction' || (this.#allowed === 'request' && phase <= 2);
  }

  /** True when the phase has come to its end, for whatever reason. */
  #advance(progress: Progress): boolean {
    const { candidates, steps, phase, first, end } = progress;
    const budget = this.#budget;
    while (!progress.isCollected) {
      progress.isCollected = candidates.collect(budget);
      if (budget.isExceeded) return true;
      if (!progress.isCollected && !this.#goesOn(phase)) return false;
    }
    const { bits } = candidates;
    for (;;) {
      const position = nextBit(bits, progress.position);
      if (position < 0 || position >= end) return true;
      const step = steps[position]!;
      progress.position = position + 1;
      if (step instanceof Assignment) step.run(this.#state);
      else {
        const next = this.#try(step, phase);
        if (next === NO_MORE || budget.isExceeded) return true;
        if (next >= 0) progress.position = first + next;
      }
      if (budget.isSliceOver && !this.#goesOn(phase)) return false;
    }
  }

  /** The logging phase is never paused: the answer waits for it. */
  #goesOn(phase: number): boolean {
    if (phase !== LOGGING_PHASE) return false;
    this.#budget.start();
    return true;
  }

  /** Tries one rule. Gives the position to go on at, -1 for the next, or NO_MORE. */
  #try(rule: RuntimeRule, phase: number): number {
    const state = this.#state;
    if (state.removedRules?.[rule.index] === 1) return -1;
    if (!this.#matchesChain(rule)) {
      if (this.#budget.isExceeded && this.exceededRuleId === 0) this.exceededRuleId = rule.id;
      return -1;
    }
    if (state.engineMode === 'Off') return NO_MORE;
    this.#record(rule);
    const { kind } = rule.disruption;
    if (kind === 'allow') return this.#allow(rule);
    this.#interruption = kind === 'pass' || phase === LOGGING_PHASE ? null : this.#interrupt(rule, kind);
    return this.#interruption === null ? rule.skipTo : NO_MORE;
  }

  #matchesChain(rule: RuntimeRule): boolean {
    const state = this.#state;
    state.rule = rule;
    if (rule.remembersMatches) state.matched = [];
    const { links } = rule;
    for (let at = 0; at < links.length; at++) if (!this.#links.matches(rule, links[at]!)) return false;
    return true;
  }

  #allow(rule: RuntimeRule): number {
    if (rule.disruption.scope === 'transaction') this.#allowed = 'transaction';
    else if (rule.disruption.scope === 'request') this.#allowed = 'request';
    return NO_MORE;
  }

  #interrupt(rule: RuntimeRule, action: 'deny' | 'drop' | 'redirect'): Interruption | null {
    const { status } = rule.disruption;
    const interruption: Interruption =
      action === 'redirect'
        ? { action, status, ruleId: rule.id, location: rule.location.expand(this.#state) }
        : { action, status, ruleId: rule.id };
    if (this.#canBlock && this.#state.engineMode === 'On') return interruption;
    this.wouldBlock ??= interruption;
    return null;
  }

  #record(rule: RuntimeRule): void {
    const state = this.#state;
    const { record } = rule;
    if (rule.severity >= 0 && rule.severity < state.highestSeverity) state.highestSeverity = rule.severity;
    if (!record.log || this.matches.length >= MAX_MATCHES) return;
    this.matches.push({
      id: rule.id,
      msg: rule.msg.expandUpTo(LOG_TEXT_BYTES, state),
      severity: SEVERITIES[rule.severity] ?? 'NOTICE',
      tags: record.tags,
      data: rule.logData.expandUpTo(LOG_TEXT_BYTES, state),
      phase: record.phase,
      matchedVar: state.matchedName,
      matchedBytes: state.matchedText.slice(0, MATCHED_BYTES),
      file: this.#ruleset.files[record.file] ?? '',
      line: record.line,
    });
  }
}

/** Phase 2 of what phase 1 has begun. */
function goneOn(progress: Progress): Progress {
  progress.phase = 2;
  progress.first = progress.position = progress.end;
  progress.end = progress.steps.length;
  return progress;
}
