import type { MacroText } from './macro-text.js';
import type { LiteralTraits } from '../pattern/literal-traits.js';
import type { NeededKinds } from '../pattern/needed-kinds.js';
import type { PatternRecord } from './pattern-record.js';
import type { StepRecord } from './step-record.js';

/** One entry of a rule's target list. `selector` is lower-case; `pattern` is set for `ARGS:/regex/`. */
export interface TargetRecord {
  readonly variable: string;
  readonly mode: 'include' | 'exclude' | 'count';
  readonly selector: string;
  readonly pattern: PatternRecord | null;
}

/** The test of a rule. `text` is the content of the files that a `…FromFile` operator names, else empty. */
export interface OperatorRecord {
  readonly name: string;
  readonly negated: boolean;
  readonly argument: MacroText;
  readonly text: string;
  readonly pattern: PatternRecord | null;
}

/**
 * One link of a chain. `clauses` are numbers of literal clauses that must all occur in a value before the operator can match
 * (empty: no such knowledge); they belong to the literal table of the rule's side (request or response).
 */
export interface LinkRecord {
  readonly line: number;
  readonly targets: readonly TargetRecord[];
  readonly operator: OperatorRecord | null;
  readonly transformations: readonly string[];
  readonly multiMatch: boolean;
  readonly capture: boolean;
  readonly steps: readonly StepRecord[];
  readonly clauses: readonly number[];
  /** Of the literals of each clause. */
  readonly traits: readonly LiteralTraits[];
  /** What a value needs for the operator to match it; empty where that isn't known. */
  readonly needs: NeededKinds;
}

/** What a rule does with the transaction when its whole chain has matched. */
export interface DisruptionRecord {
  readonly kind: 'pass' | 'deny' | 'drop' | 'redirect' | 'allow';
  /** HTTP status of a refusal. */
  readonly status: number;
  /** Target of a redirect. */
  readonly location: MacroText;
  /** How far `allow` reaches. */
  readonly scope: 'transaction' | 'phase' | 'request';
}

/** A rule: a chain of one or more links with the head's metadata. `severity` is 0-7, or -1. `file` indexes the table of file names. */
export interface RuleRecord {
  readonly id: number;
  readonly file: number;
  readonly line: number;
  readonly phase: number;
  readonly links: readonly LinkRecord[];
  readonly disruption: DisruptionRecord;
  readonly log: boolean;
  readonly auditLog: boolean;
  readonly msg: MacroText;
  readonly logData: MacroText;
  readonly severity: number;
  readonly tags: readonly string[];
  readonly version: string;
  readonly revision: string;
  readonly maturity: number;
  /** Links, from the head on, that leave nothing behind when they match: whether they were tried nobody can tell. */
  readonly silentLinks: number;
  readonly skip: number;
  readonly skipAfter: string;
}

/** A place to skip to: in front of the rule with that index. */
export interface MarkerRecord {
  readonly label: string;
  readonly before: number;
}
