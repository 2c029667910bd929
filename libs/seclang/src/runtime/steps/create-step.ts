import type { StepRecord } from '../../model/step-record.js';
import type { RuleSelector } from '../../model/rule-selector.js';
import type { VariableSlots } from '../transaction-variables.js';
import { Control } from './control.js';
import { ExpireVariable } from './expire-variable.js';
import { OpenCollection } from './open-collection.js';
import { SetEnvironment } from './set-environment.js';
import { SetVariable } from './set-variable.js';
import type { Step } from './step.js';

/** Binds a step's record to its ruleset. */
export function createStep(record: StepRecord, slots: VariableSlots, selector: RuleSelector): Step {
  switch (record.kind) {
    case 'setvar':
      return new SetVariable(record, slots);
    case 'expirevar':
      return new ExpireVariable(record, slots);
    case 'initcol':
      return new OpenCollection(record, slots);
    case 'setenv':
      return new SetEnvironment(record, slots);
    case 'ctl':
      return new Control(record, selector);
    default:
      return record satisfies never;
  }
}
