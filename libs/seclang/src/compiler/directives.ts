import { RuleProblem } from '../model/rule-problem.js';
import type { Statement } from '../parser/parse-source.js';
import { removeById, removeByPattern, updateAction, updateTargets } from './rule-updates.js';
import type { RulesetBuilder } from './ruleset-builder.js';
import { SETTING_DIRECTIVES } from './setting-directives.js';

type DirectiveHandler = (builder: RulesetBuilder, statement: Statement) => void;

const RULE_DIRECTIVES: readonly (readonly [string, DirectiveHandler])[] = [
  ['secrule', (builder, statement) => builder.addRule(statement)],
  ['secaction', (builder, statement) => builder.addAction(statement)],
  ['secmarker', (builder, statement) => builder.addMarker(onlyWord(statement))],
  ['secdefaultaction', (builder, statement) => builder.setDefaults(statement, onlyWord(statement))],
  ['secruleremovebyid', (builder, { words }) => removeById(builder, words)],
  ['secruleremovebytag', (builder, statement) => removeByPattern(builder, 'tag', onlyWord(statement))],
  ['secruleremovebymsg', (builder, statement) => removeByPattern(builder, 'msg', onlyWord(statement))],
  ['secruleupdatetargetbyid', (builder, { words }) => updateTargets(builder, 'id', words)],
  ['secruleupdatetargetbytag', (builder, { words }) => updateTargets(builder, 'tag', words)],
  ['secruleupdatetargetbymsg', (builder, { words }) => updateTargets(builder, 'msg', words)],
  ['secruleupdateactionbyid', (builder, { words }) => updateAction(builder, words)],
];

const HANDLERS: ReadonlyMap<string, DirectiveHandler> = new Map<string, DirectiveHandler>([
  ...RULE_DIRECTIVES,
  ...SETTING_DIRECTIVES.map(
    ([name, apply]) => [name.toLowerCase(), (builder: RulesetBuilder, statement: Statement) => apply(builder.settings, statement)] as const,
  ),
]);

/** Carries out one directive. Throws RuleProblem when it is unknown or can't be. */
export function applyDirective(builder: RulesetBuilder, statement: Statement): void {
  const name = statement.directive.toLowerCase();
  const handler = HANDLERS.get(name);
  if (handler === undefined) throw new RuleProblem(`directive ${statement.directive} is not supported`);
  if (builder.hasOpenChain && name !== 'secrule' && name !== 'secaction')
    throw new RuleProblem('the chain before this directive has no end');
  handler(builder, statement);
}

function onlyWord({ directive, words }: Statement): string {
  const [word] = words;
  if (word === undefined || words.length > 1) throw new RuleProblem(`${directive} takes one argument`);
  return word;
}
