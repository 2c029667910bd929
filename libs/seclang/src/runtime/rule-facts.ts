/** What the RULE collection tells about the rule in hand. Texts are as written, without macros expanded. */
export interface RuleFacts {
  readonly id: number;
  readonly severity: number;
  readonly revision: string;
  readonly msgText: string;
  readonly logDataText: string;
}
