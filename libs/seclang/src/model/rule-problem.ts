/** Why a directive can't be used, before its place is known; the compiler turns it into a SecLangError with file and line. */
export class RuleProblem extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'RuleProblem';
  }
}
