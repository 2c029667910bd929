import type { LiteralTable } from '../matching/literal-table.js';
import type { PlanRecord } from '../model/plan-record.js';
import type { MarkerRecord, RuleRecord } from '../model/rule-record.js';
import type { Settings } from '../model/settings.js';

/** A compiled ruleset as plain data: everything that decides a verdict, and nothing else. */
export interface RulesetTables {
  readonly files: readonly string[];
  readonly settings: Settings;
  readonly rules: readonly RuleRecord[];
  readonly markers: readonly MarkerRecord[];
  readonly plan: PlanRecord;
  readonly requestLiterals: LiteralTable;
  readonly responseLiterals: LiteralTable;
}
