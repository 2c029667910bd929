/** What a rule orders to be done with the transaction. `status` is the HTTP status of a refusal; `location` the target of a redirect. */
export interface Interruption {
  readonly action: 'deny' | 'drop' | 'redirect' | 'allow';
  readonly status: number;
  readonly ruleId: number;
  readonly location?: string;
}

/** The words of the severities 0 to 7, as logs show them. */
export const SEVERITIES = ['EMERGENCY', 'ALERT', 'CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'] as const;

/** A severity as a word. */
export type Severity = (typeof SEVERITIES)[number];

/** A rule that logs and has matched. `matchedBytes` is a byte string of at most 512 bytes; `matchedVar` is for example `ARGS:id`. */
export interface RuleMatch {
  readonly id: number;
  readonly msg: string;
  readonly severity: Severity;
  readonly tags: readonly string[];
  readonly data: string;
  readonly phase: number;
  readonly matchedVar: string;
  readonly matchedBytes: string;
  readonly file: string;
  readonly line: number;
}
