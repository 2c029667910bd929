import { GuardedMatcher } from '../../matching/guarded-matcher.js';
import type { StepRecord } from '../../model/step-record.js';
import type { RuleSelector } from '../../model/rule-selector.js';
import { TargetExclusion } from '../target-exclusion.js';
import type { TransactionState } from '../transaction-state.js';
import type { Step } from './step.js';

type Record = Extract<StepRecord, { kind: 'ctl' }>;

/** `ctl`: changes how the rest of the transaction is inspected. */
export class Control implements Step {
  readonly #record: Record;
  readonly #selector: RuleSelector;
  #exclusion: TargetExclusion | null = null;

  constructor(record: Record, selector: RuleSelector) {
    this.#record = record;
    this.#selector = selector;
  }

  run(state: TransactionState): void {
    const record = this.#record;
    switch (record.option) {
      case 'removeRules':
        this.#removeRules(state, this.#selector.rules(record.selection));
        break;
      case 'removeTarget':
        this.#exclusion ??= this.#exclusionOf(record);
        this.#exclude(state, this.#exclusion);
        break;
      case 'ruleEngine':
        state.engineMode = record.value;
        break;
      case 'requestBodyProcessor':
        state.bodyProcessor = record.value;
        break;
      case 'forceRequestBodyVariable':
        state.isBodyForced = record.value;
        break;
      case 'requestBodyAccess':
        state.requestBodyAccess = record.value;
        break;
      case 'responseBodyAccess':
        state.responseBodyAccess = record.value;
        break;
      case 'requestBodyLimit':
        state.requestBodyLimit = record.value;
        break;
      case 'responseBodyLimit':
        state.responseBodyLimit = record.value;
        break;
      case 'auditEngine':
        state.auditEngine = record.value;
        break;
      case 'auditLogParts':
        state.auditLogParts = record.value;
        break;
      case 'hashEngine':
      case 'debugLogLevel':
        break;
      default:
        record satisfies never;
    }
  }

  #exclude(state: TransactionState, exclusion: TargetExclusion): void {
    if (state.exclusions.includes(exclusion)) return;
    state.exclusions.push(exclusion);
    state.excludedVariables.add(exclusion.variable);
  }

  #removeRules(state: TransactionState, rules: Uint8Array): void {
    if (state.removedRules === null) {
      state.removedRules = rules.slice();
      return;
    }
    for (let index = 0; index < rules.length; index++) if (rules[index] === 1) state.removedRules[index] = 1;
  }

  #exclusionOf({ target, selection }: Extract<Record, { option: 'removeTarget' }>): TargetExclusion {
    const matcher = target.pattern === null ? null : new GuardedMatcher(target.pattern);
    return new TargetExclusion(target.variable, target.selector, matcher, this.#selector.rules(selection));
  }
}
