import { RuleProblem } from '../model/rule-problem.js';
import { emptyLink, emptyRule, type RuleDraft } from '../model/rule-draft.js';
import { applyActions } from './apply-actions.js';

/** What a rule takes over where it says nothing itself. */
export type RuleDefaults = RuleDraft;

/** The defaults of a phase for which no SecDefaultAction stands: log and pass. */
export function builtInDefaults(): RuleDefaults {
  const defaults = emptyRule('', 0);
  defaults.links.push(emptyLink(0, [], null));
  defaults.disruption = 'pass';
  defaults.log = true;
  defaults.auditLog = true;
  return defaults;
}

/** Reads the action list of SecDefaultAction. It must name its phase and what to do. */
export function parseDefaults(file: string, line: number, actions: string): RuleDefaults {
  const defaults = emptyRule(file, line);
  const link = emptyLink(line, [], null);
  defaults.links.push(link);
  applyActions({ rule: defaults, link }, actions);
  if (defaults.phase === undefined) throw new RuleProblem('SecDefaultAction needs a phase');
  if (defaults.disruption === undefined || defaults.disruption === 'block')
    throw new RuleProblem('SecDefaultAction needs pass, deny, drop, redirect or allow');
  if (defaults.id !== undefined || link.isChained || link.steps.length > 0)
    throw new RuleProblem('SecDefaultAction takes no id, chain or setvar');
  return defaults;
}
