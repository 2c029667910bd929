/** A rule that was left out (`skipped`) or that loads with a stated limit (`notes`). `ruleId` is 0 when the rule has none. */
export interface ReportEntry {
  readonly file: string;
  readonly line: number;
  readonly ruleId: number;
  readonly reason: string;
}

/** What a compilation took in. `rules` counts SecRule and SecAction heads; a chain is one rule. */
export interface LoadReport {
  readonly rules: number;
  readonly files: number;
  readonly skipped: readonly ReportEntry[];
  readonly notes: readonly ReportEntry[];
}
