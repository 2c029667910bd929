/** One pattern over byte strings, however it is decided. Implementations keep no state between calls. */
export interface PatternMatcher {
  /** Whether the pattern matches anywhere in `text`. */
  test(text: string): boolean;
  /** The texts of group 0 and the capture groups (undefined: took no part), or null when there is no match. */
  capture(text: string): readonly (string | undefined)[] | null;
}
