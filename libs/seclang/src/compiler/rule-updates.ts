import { parseIdRanges } from '../actions/id-ranges.js';
import type { LinkDraft, RuleDraft } from '../model/rule-draft.js';
import { RuleProblem } from '../model/rule-problem.js';
import { parseTargets } from '../parser/parse-targets.js';
import { translatePattern } from '../pattern/translate-pattern.js';
import { applyActions } from './apply-actions.js';
import type { RulesetBuilder } from './ruleset-builder.js';

type Picks = (draft: RuleDraft) => boolean;

/** SecRuleRemoveById: ids and ranges. */
export function removeById(builder: RulesetBuilder, words: readonly string[]): void {
  builder.removeRules(picksIds(words));
}

/** SecRuleRemoveByTag and …ByMsg: a pattern. */
export function removeByPattern(builder: RulesetBuilder, by: 'tag' | 'msg', pattern: string): void {
  builder.removeRules(picksPattern(by, pattern));
}

/** SecRuleUpdateTargetBy…: adds targets and exclusions, or puts targets in the place of another. `id:n` means link n of the chain. */
export function updateTargets(builder: RulesetBuilder, by: 'id' | 'tag' | 'msg', words: readonly string[]): void {
  const [which, targets, replaced] = words;
  if (which === undefined || targets === undefined || words.length > 3)
    throw new RuleProblem('expected rules, targets, and optionally the target to replace');
  const { selection, link } = by === 'id' ? splitOffset(which) : { selection: which, link: 0 };
  const drafts = builder.select(by === 'id' ? picksIds([selection]) : picksPattern(by, selection));
  const added = parseTargets(targets);
  const dropped = replaced === undefined ? [] : parseTargets(replaced);
  for (const draft of drafts) {
    const updated = linkOf(draft, link);
    const kept = updated.targets.filter(
      (target) => !dropped.some((old) => old.variable === target.variable && old.selector === target.selector),
    );
    updated.targets = [...kept, ...added];
  }
}

/** SecRuleUpdateActionById: further actions for one rule; its id, phase and chain stay. */
export function updateAction(builder: RulesetBuilder, words: readonly string[]): void {
  const [which, actions] = words;
  if (which === undefined || actions === undefined || words.length > 2) throw new RuleProblem('expected a rule id and actions');
  const { selection, link } = splitOffset(which);
  const drafts = builder.select(picksIds([selection]));
  if (drafts.length === 0) throw new RuleProblem(`rule ${selection} is not loaded before this directive`);
  for (const draft of drafts) {
    const { id, phase } = draft;
    const updated = linkOf(draft, link);
    const { isChained } = updated;
    applyActions({ rule: draft, link: updated }, actions);
    if (draft.id !== id || draft.phase !== phase || updated.isChained !== isChained) {
      throw new RuleProblem('SecRuleUpdateActionById changes neither id, phase nor chain');
    }
  }
}

function splitOffset(which: string): { readonly selection: string; readonly link: number } {
  const found = /^(.*):(\d+)$/.exec(which);
  return found === null ? { selection: which, link: 0 } : { selection: found[1]!, link: Number(found[2]) };
}

function linkOf(draft: RuleDraft, index: number): LinkDraft {
  const link = draft.links[index];
  if (link === undefined) throw new RuleProblem(`rule ${draft.id ?? 0} has no link ${index}`);
  return link;
}

function picksIds(words: readonly string[]): Picks {
  const ranges = parseIdRanges(words);
  return ({ id = 0 }) => ranges.some(([first, last]) => id >= first && id <= last);
}

function picksPattern(by: 'tag' | 'msg', pattern: string): Picks {
  const { record } = translatePattern(pattern, { capturing: false });
  const expression = new RegExp(record.source, record.flags);
  if (by === 'tag') return ({ tags }) => tags.some((tag) => expression.test(tag));
  return ({ msg }) => expression.test(typeof msg === 'string' ? msg : msg.map((part) => (typeof part === 'string' ? part : '')).join(''));
}
