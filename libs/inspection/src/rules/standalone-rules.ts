import { readRuleFiles } from '@phalanx/seclang';
import type { RulesetSources } from './ruleset-sources.js';

/**
 * The rules of an engine that runs alone: the files in their order, with what they Include. Whether anything is refused is for the
 * engine's mode to say, so a SecRuleEngine in the files doesn't count. Throws `file:line: reason` for what can't be read.
 */
export function ruleFileSources(paths: readonly string[]): RulesetSources {
  const { sources, resolveFile } = readRuleFiles(paths);
  return { sources: [...sources, { name: 'engine-mode.conf', text: 'SecRuleEngine On' }], resolveFile };
}
