import type { MacroText } from './macro-text.js';
import type { PatternRecord } from './pattern-record.js';

/** An inclusive range of rule ids. */
export type IdRange = readonly [first: number, last: number];

/** A target named by an exclusion: variable, lower-case selector (empty: all of it), or a pattern over names. */
export interface ExclusionRecord {
  readonly variable: string;
  readonly selector: string;
  readonly pattern: PatternRecord | null;
}

/** Which rules an exclusion means: by id ranges, or by a pattern over tags or messages. */
export type RuleSelection =
  { readonly by: 'id'; readonly ranges: readonly IdRange[] } | { readonly by: 'tag' | 'msg'; readonly pattern: PatternRecord };

/** `ctl`: a change to how the rest of this transaction is inspected. */
export type ControlRecord =
  | { readonly option: 'removeRules'; readonly selection: RuleSelection }
  | { readonly option: 'removeTarget'; readonly selection: RuleSelection; readonly target: ExclusionRecord }
  | { readonly option: 'ruleEngine'; readonly value: 'On' | 'Off' | 'DetectionOnly' }
  | { readonly option: 'requestBodyProcessor'; readonly value: 'URLENCODED' | 'MULTIPART' | 'JSON' | 'XML' }
  | { readonly option: 'forceRequestBodyVariable' | 'requestBodyAccess' | 'responseBodyAccess'; readonly value: boolean }
  | { readonly option: 'requestBodyLimit' | 'responseBodyLimit'; readonly value: number }
  | { readonly option: 'auditEngine' | 'auditLogParts' | 'hashEngine' | 'debugLogLevel'; readonly value: string };

/** Which texts of a capture anybody asks for when they are written to a variable: `texts`, and those that hold one of `others`. */
export interface SoughtRecord {
  /** Number of the capture, 0 to 9. */
  readonly capture: number;
  readonly texts: readonly string[];
  readonly others: readonly string[];
}

/** One run-time action that doesn't decide the verdict. Executed for every matching value of its link. */
export type StepRecord =
  | {
      readonly kind: 'setvar';
      readonly collection: string;
      readonly name: MacroText;
      readonly operation: 'set' | 'add' | 'subtract' | 'unset';
      readonly value: MacroText;
      /** What nobody asks for need not be written; absent: anything may be asked for. */
      readonly sought?: SoughtRecord;
    }
  | { readonly kind: 'expirevar'; readonly collection: string; readonly name: MacroText; readonly seconds: MacroText }
  | { readonly kind: 'initcol'; readonly collection: string; readonly key: MacroText }
  | { readonly kind: 'setenv'; readonly name: MacroText; readonly value: MacroText }
  | ({ readonly kind: 'ctl' } & ControlRecord);
