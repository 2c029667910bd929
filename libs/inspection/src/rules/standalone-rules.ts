import { activateRuleset, compileRuleset, readRuleFiles, type Ruleset } from '@phalanx/seclang';

/**
 * The rules of an engine that runs alone: the files in their order, with what they Include. Whether anything is refused is for the
 * engine's mode to say, so a SecRuleEngine in the files doesn't count. Throws `file:line: reason` for what can't be used.
 */
export function loadRuleFiles(paths: readonly string[]): Ruleset {
  const { sources, resolveFile } = readRuleFiles(paths);
  const after = { name: 'engine-mode.conf', text: 'SecRuleEngine On' };
  return activateRuleset(compileRuleset([...sources, after], { resolveFile }).artefact);
}
