import type { ActionScope } from '../actions/action.js';
import { findAction } from '../actions/registry.js';
import { RuleProblem } from '../model/rule-problem.js';
import { parseActions } from '../parser/parse-actions.js';

/** Reads an action list into a draft. Throws RuleProblem for an action that is unknown, out of place or wrong. */
export function applyActions(scope: ActionScope, text: string): void {
  for (const { name, argument } of parseActions(text)) {
    const action = findAction(name);
    if (action === undefined) throw new RuleProblem(`action ${name} is not supported`);
    if (action.place === 'head' && scope.rule.links[0] !== scope.link)
      throw new RuleProblem(`action ${name} belongs in the first rule of the chain`);
    if (action.argument === 'required' && argument === '') throw new RuleProblem(`action ${name} needs an argument`);
    if (action.argument === 'none' && argument !== '') throw new RuleProblem(`action ${name} takes no argument`);
    action.apply(scope, argument);
  }
}
