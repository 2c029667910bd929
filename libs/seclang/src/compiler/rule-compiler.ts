import type { RuleDraft } from '../model/rule-draft.js';
import { RuleProblem } from '../model/rule-problem.js';
import type { DisruptionRecord, RuleRecord } from '../model/rule-record.js';
import { attempt } from '../parser/parse-source.js';
import { compileLink, type KeepClause, type ReadDataFile } from './link-compiler.js';
import type { RuleDefaults } from './rule-defaults.js';

/** Phases 1 and 2 look at the request, 3 to 5 at the response too: each side has its own literal table. */
export function isResponsePhase(phase: number): boolean {
  return phase > 2;
}

/** What a draft is compiled with. */
export interface RuleCompilation {
  readonly defaults: RuleDefaults;
  readonly keep: KeepClause;
  readonly fileIndex: number;
  readonly readFile: ReadDataFile;
}

/** Turns a rule's draft into its record. Throws SecLangError with the line of the link that can't be. */
export function compileRule(draft: RuleDraft, { defaults, keep, fileIndex, readFile }: RuleCompilation): RuleRecord {
  const inherited = defaults.links[0]?.transformations ?? [];
  return {
    id: draft.id ?? 0,
    file: fileIndex,
    line: draft.line,
    phase: phaseOf(draft),
    links: draft.links.map((link) => attempt(draft.file, link.line, () => compileLink(link, inherited, keep, readFile))),
    disruption: disruptionOf(draft, defaults),
    log: draft.log ?? defaults.log ?? true,
    auditLog: draft.auditLog ?? defaults.auditLog ?? true,
    msg: draft.msg,
    logData: draft.logData,
    severity: draft.severity,
    tags: draft.tags,
    version: draft.version,
    revision: draft.revision,
    maturity: draft.maturity,
    skip: draft.skip,
    silentLinks: 0,
    skipAfter: draft.skipAfter,
  };
}

/** The phase a rule runs in; 2 unless said. */
export function phaseOf(draft: RuleDraft): number {
  return draft.phase ?? 2;
}

function disruptionOf(draft: RuleDraft, defaults: RuleDefaults): DisruptionRecord {
  const own = draft.disruption;
  const source = own === undefined || own === 'block' ? defaults : draft;
  const kind = source.disruption;
  if (kind === undefined || kind === 'block') throw new RuleProblem('block needs a SecDefaultAction that says what to do');
  const status = draft.status ?? defaults.status ?? (kind === 'redirect' ? 302 : 403);
  return { kind, status, location: source.location, scope: source.allowScope };
}
