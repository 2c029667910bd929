import { decodeTables } from '../artefact/codec.js';
import { compileRuleset } from '../compiler/compile-ruleset.js';
import type { PatternRecord } from '../model/pattern-record.js';
import { readRuleFiles } from '../source/read-rule-files.js';
import { crs3, crs4 } from './packs.js';

/** A pattern of a rule, translated with its groups. */
export interface PackPattern {
  /** Such as `CRS 4.25.1 942100`. */
  readonly name: string;
  readonly record: PatternRecord;
}

/** The patterns of all rules of the packs that are here, equal ones once. */
export function packPatterns(): readonly PackPattern[] {
  const found = new Map<string, PackPattern>();
  for (const pack of [crs4(), crs3()]) {
    if (pack === null) continue;
    const { sources, resolveFile } = readRuleFiles([pack.setup, ...pack.rules]);
    const { rules } = decodeTables(compileRuleset(sources, { resolveFile }).artefact);
    for (const { id, links } of rules) {
      for (const { operator } of links) {
        if (operator === null || operator.pattern === null) continue;
        const { pcre, ignoreCase } = operator.pattern;
        const key = `${pcre}\0${String(ignoreCase)}`;
        if (!found.has(key)) found.set(key, { name: `${pack.name} ${id}`, record: operator.pattern });
      }
    }
  }
  return [...found.values()];
}
