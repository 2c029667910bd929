import { posix } from 'node:path';
import { digestOf } from '@phalanx/kit';
import type { Settings, SignaturePack } from '@phalanx/contracts';
import type { ResolveFile, RuleSource } from '@phalanx/seclang';
import { byteString } from './byte-string.js';
import { checkCustomRules, CUSTOM_RULES_FILE } from './custom-rules.js';
import { exceptionRules } from './exceptions.js';
import { engineSwitch, setupAfterPackSetup, setupBeforePack, unreadableBodies } from './setup-rules.js';

/** Everything that the compiler needs for one application's rules. */
export interface RulesetSources {
  readonly sources: readonly RuleSource[];
  readonly resolveFile: ResolveFile;
}

/** Names what a compilation depends on: applications for which it is equal share one compiled ruleset. */
export function rulesetKey(pack: SignaturePack | null, signatures: Settings['signatures']): string {
  return digestOf({ pack: pack === null ? null : digestOf(pack), signatures });
}

/**
 * The rules of one application in load order: what every pack needs, the policy's thresholds and exceptions, the pack, the
 * operator's own. Throws `invalid` for exceptions and own rules that may not be.
 */
export function rulesetSources(pack: SignaturePack | null, signatures: Settings['signatures']): RulesetSources {
  checkCustomRules(signatures.customRules);
  const packFiles = new Map(Object.entries(pack?.files ?? {}).map(([name, text]) => [name, byteString(text)]));
  const packText = (pack?.load ?? []).map((name) => packFiles.get(name) ?? '').join('\n');
  const [setupName, ...ruleNames] = pack?.load ?? [];
  const source = (name: string): RuleSource => ({ name, text: packFiles.get(name) ?? '' });
  const sources: RuleSource[] = [
    { name: 'policy-base.conf', text: unreadableBodies() },
    { name: 'policy-thresholds.conf', text: setupBeforePack(signatures) },
    { name: 'policy-exceptions.conf', text: exceptionRules(signatures.exceptions, packText) },
  ];
  if (setupName !== undefined) {
    sources.push(source(setupName), { name: 'policy-setup.conf', text: setupAfterPackSetup(signatures) }, ...ruleNames.map(source));
  }
  sources.push({ name: CUSTOM_RULES_FILE, text: byteString(signatures.customRules) });
  sources.push({ name: 'policy-engine.conf', text: engineSwitch() });
  const resolveFile: ResolveFile = (path, fromFile) => {
    const beside = posix.normalize(posix.join(posix.dirname(fromFile), path));
    return packFiles.get(beside) ?? packFiles.get(posix.normalize(path)) ?? null;
  };
  return { sources, resolveFile };
}
