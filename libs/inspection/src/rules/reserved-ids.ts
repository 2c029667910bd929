/** Rule ids that Phalanx itself uses. Operators' rules may not have them, and no exception reaches them. */
export const RESERVED_IDS = { first: 9_500_000, last: 9_599_999 } as const;

/** The generated rules, one number or range each. */
export const GENERATED_IDS = {
  setupBeforePack: 9_500_000,
  setupAfterPackSetup: 9_500_001,
  bodyUnreadable: 9_500_020,
  multipartMalformed: 9_500_021,
  multipartHidden: 9_500_022,
  tooManyArguments: 9_500_023,
  firstException: 9_500_100,
} as const;

/** Numbers that events show where one of Phalanx's own checks objected rather than a SecLang rule. */
export const NATIVE_CHECKS = {
  malformed: { id: 9_510_001, message: 'The request is malformed' },
  limits: { id: 9_510_002, message: 'The request exceeds a limit' },
  budget: { id: 9_510_003, message: 'The inspection took longer than its budget' },
} as const;

/** Rules that set the pack up or turn its scores into a verdict: without them nothing is refused any more. */
const ESSENTIAL_RANGES: readonly (readonly [first: number, last: number])[] = [
  [901_000, 901_999],
  [949_000, 949_999],
  [959_000, 959_999],
  [RESERVED_IDS.first, RESERVED_IDS.last],
];

/** Whether a range of ids takes in a rule without which nothing is refused. */
export function touchesEssentialRules(first: number, last: number): boolean {
  return ESSENTIAL_RANGES.some(([from, to]) => first <= to && last >= from);
}
