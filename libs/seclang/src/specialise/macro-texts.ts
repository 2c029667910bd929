import type { MacroText } from '../model/macro-text.js';
import type { LinkRecord, RuleRecord } from '../model/rule-record.js';
import type { StepRecord } from '../model/step-record.js';

/** The texts of a link that may hold macros. */
export function textsOfLink({ operator, steps }: LinkRecord): MacroText[] {
  return [...(operator === null ? [] : [operator.argument]), ...steps.flatMap(textsOfStep)];
}

/** The texts of a rule as a whole that may hold macros. */
export function textsOfRule({ msg, logData, disruption }: RuleRecord): MacroText[] {
  return [msg, logData, disruption.location];
}

/** What a text begins with, whatever its macros are. */
export function beginningOf(text: MacroText): string {
  const first = typeof text === 'string' ? text : text[0];
  return typeof first === 'string' ? first : '';
}

/** The texts of a step that may hold macros. */
export function textsOfStep(step: StepRecord): MacroText[] {
  switch (step.kind) {
    case 'setvar':
    case 'setenv':
      return [step.name, step.value];
    case 'expirevar':
      return [step.name, step.seconds];
    case 'initcol':
      return [step.key];
    case 'ctl':
      return [];
    default:
      return step satisfies never;
  }
}
