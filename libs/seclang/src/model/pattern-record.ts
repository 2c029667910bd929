/**
 * A PCRE pattern translated to JavaScript over byte strings. `captures[n]` is the JavaScript group of PCRE group `n`
 * (null: the numbers agree).
 */
export interface PatternRecord {
  readonly pcre: string;
  readonly ignoreCase: boolean;
  readonly source: string;
  readonly flags: string;
  readonly captures: readonly number[] | null;
}
