import { holdsAll } from '../matching/literal-scanner.js';
import { SEVERITIES, type Interruption, type RuleMatch } from '../model/verdict.js';
import type { Budget } from './budget.js';
import { LinkEvaluation } from './link-evaluation.js';
import { LiteralGroups } from './literal-groups.js';
import type { Ruleset } from './ruleset.js';
import type { RuntimeRule } from './runtime-rule.js';
import { TargetCache } from './target.js';
import type { TransactionState } from './transaction-state.js';

/** Bytes of a matched value that a match keeps. */
const MATCHED_BYTES = 512;
/** Bytes of a message or of log data with their macros expanded. */
const LOG_TEXT_BYTES = 4096;
/** Matches kept of one transaction; rules beyond still act. */
const MAX_MATCHES = 200;
const LOGGING_PHASE = 5;

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
  readonly #links: LinkEvaluation;
  readonly #groups: LiteralGroups;
  #allowed: 'nothing' | 'request' | 'transaction' = 'nothing';

  constructor(ruleset: Ruleset, state: TransactionState, canBlock: boolean, budget: Budget) {
    this.#ruleset = ruleset;
    this.#state = state;
    this.#canBlock = canBlock;
    this.#budget = budget;
    const targets = new TargetCache(state, ruleset.keys.count);
    this.#links = new LinkEvaluation(ruleset, state, targets, budget);
    this.#groups = new LiteralGroups(ruleset, state, targets);
  }

  /** Runs one phase (1-5). Gives what stops the transaction, or null. */
  run(phase: number): Interruption | null {
    if (this.#isSkipped(phase)) return null;
    this.#state.phase = phase;
    this.#budget.start();
    return this.#runRules(this.#ruleset.rulesOf(phase), phase);
  }

  #isSkipped(phase: number): boolean {
    if (this.#state.engineMode === 'Off') return true;
    if (phase === LOGGING_PHASE) return false;
    return this.#budget.isExceeded || this.#allowed === 'transaction' || (this.#allowed === 'request' && phase <= 2);
  }

  #runRules(rules: readonly RuntimeRule[], phase: number): Interruption | null {
    const state = this.#state;
    const isResponse = phase > 2;
    for (let position = 0; position < rules.length;) {
      const rule = rules[position]!;
      const { head } = rule;
      const isRuledOut =
        (head.group >= 0 && !holdsAll(this.#groups.clauses(head, isResponse), head.clauses)) || state.removedRules?.[rule.index] === 1;
      if (isRuledOut || !this.#matchesChain(rule)) {
        if (this.#budget.isExceeded) return this.#exceeded(rule);
        position++;
        continue;
      }
      if (state.engineMode === 'Off') return null;
      this.#record(rule);
      const { kind } = rule.disruption;
      if (kind === 'allow') return this.#allow(rule);
      const interruption = kind === 'pass' || phase === LOGGING_PHASE ? null : this.#interrupt(rule, kind);
      if (interruption !== null) return interruption;
      position = rule.skipTo >= 0 ? rule.skipTo : position + 1;
    }
    return null;
  }

  #matchesChain(rule: RuntimeRule): boolean {
    const state = this.#state;
    state.rule = rule;
    if (rule.remembersMatches) state.matched = [];
    for (const link of rule.links) if (!this.#links.matches(rule, link)) return false;
    return true;
  }

  #exceeded(rule: RuntimeRule): null {
    if (this.exceededRuleId === 0) this.exceededRuleId = rule.id;
    return null;
  }

  #allow(rule: RuntimeRule): null {
    if (rule.disruption.scope === 'transaction') this.#allowed = 'transaction';
    else if (rule.disruption.scope === 'request') this.#allowed = 'request';
    return null;
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
      msg: rule.msg.expand(state).slice(0, LOG_TEXT_BYTES),
      severity: SEVERITIES[rule.severity] ?? 'NOTICE',
      tags: record.tags,
      data: rule.logData.expand(state).slice(0, LOG_TEXT_BYTES),
      phase: record.phase,
      matchedVar: state.matchedName,
      matchedBytes: state.matchedText.slice(0, MATCHED_BYTES),
      file: this.#ruleset.files[record.file] ?? '',
      line: record.line,
    });
  }
}
