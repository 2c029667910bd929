import type { PipelineTree } from './pipeline.js';
import type { RuleSelector } from '../model/rule-selector.js';
import type { TargetKeys } from './target-keys.js';
import type { VariableSlots } from './transaction-variables.js';

/** What the parts of a ruleset share while it is being activated. */
export interface RulesetBindings {
  readonly slots: VariableSlots;
  readonly keys: TargetKeys;
  readonly tree: PipelineTree;
  readonly selector: RuleSelector;
}
