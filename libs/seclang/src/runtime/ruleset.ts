import { digestOfTables } from '../artefact/codec.js';
import type { RulesetTables } from '../artefact/ruleset-tables.js';
import { LiteralScanner } from '../matching/literal-scanner.js';
import type { Settings } from '../model/settings.js';
import { bestFitMap } from '../transformations/unicode-best-fit.js';
import { PipelineTree } from './pipeline.js';
import { RuleSelector } from './rule-selector.js';
import { RuntimeRule } from './runtime-rule.js';
import { TargetKeys } from './target.js';
import { VariableSlots } from './transaction-variables.js';

/** A ruleset in memory, ready for transactions. Shared by all transactions of a process and never changed by them. */
export class Ruleset {
  /** SHA-256 (hex) over the tables that are in memory, taken when the ruleset was activated. */
  readonly digest: string;
  readonly ruleCount: number;
  readonly settings: Settings;
  readonly slots = new VariableSlots();
  readonly keys = new TargetKeys();
  readonly groups = new TargetKeys();
  readonly tree: PipelineTree;
  readonly requestScanner: LiteralScanner;
  readonly responseScanner: LiteralScanner;
  readonly files: readonly string[];
  readonly #phases: readonly (readonly RuntimeRule[])[];
  readonly #tables: RulesetTables;

  constructor(tables: RulesetTables) {
    this.#tables = tables;
    this.settings = tables.settings;
    this.files = tables.files;
    this.ruleCount = tables.rules.length;
    const pairs = Object.entries(tables.settings.unicodeMap).map(([codePoint, byte]) => [Number(codePoint), byte] as const);
    this.tree = new PipelineTree({ unicodeMap: pairs.length > 0 ? new Map(pairs) : bestFitMap() });
    this.requestScanner = new LiteralScanner(tables.requestLiterals);
    this.responseScanner = new LiteralScanner(tables.responseLiterals);
    const bindings = { slots: this.slots, keys: this.keys, groups: this.groups, tree: this.tree, selector: new RuleSelector(tables.rules) };
    const rules = tables.rules.map((record, index) => new RuntimeRule(record, index, bindings));
    this.#phases = [0, 1, 2, 3, 4, 5].map((phase) =>
      bindSkips(
        rules.filter(({ record }) => record.phase === phase),
        tables,
      ),
    );
    this.digest = digestOfTables(tables);
  }

  /** The rules of a phase (1-5) in load order. */
  rulesOf(phase: number): readonly RuntimeRule[] {
    return this.#phases[phase] ?? [];
  }

  /** The digest of the tables as they are in memory now; differs from `digest` only if memory was changed. */
  measureDigest(): string {
    return digestOfTables(this.#tables);
  }
}

/** Resolves skip and skipAfter to positions in the phase's list. A marker that isn't behind the rule means the end of the phase. */
function bindSkips(rules: readonly RuntimeRule[], { markers }: RulesetTables): readonly RuntimeRule[] {
  rules.forEach((rule, position) => {
    const { skip, skipAfter } = rule.record;
    if (skip > 0) rule.skipTo = Math.min(position + 1 + skip, rules.length);
    if (skipAfter === '') return;
    const marker = markers.find(({ label, before }) => label === skipAfter && before > rule.index);
    const next = marker === undefined ? -1 : rules.findIndex(({ index }) => index >= marker.before);
    rule.skipTo = next < 0 ? rules.length : next;
  });
  return rules;
}
