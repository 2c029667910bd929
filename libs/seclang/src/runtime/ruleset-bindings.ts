import type { PipelineTree } from './pipeline.js';
import type { RuleSelector } from './rule-selector.js';
import type { TargetKeys } from './target.js';
import type { VariableSlots } from './transaction-variables.js';

/** What the parts of a ruleset share while it is being activated. */
export interface RulesetBindings {
  readonly slots: VariableSlots;
  readonly keys: TargetKeys;
  /** Numbers of the literal groups. */
  readonly groups: TargetKeys;
  readonly tree: PipelineTree;
  readonly selector: RuleSelector;
}
