/** One rule file in load order. `name` is what messages and matches show; `text` is a byte string (one character = one byte). */
export interface RuleSource {
  readonly name: string;
  readonly text: string;
}

/**
 * Finds the text of a data file (`@pmFromFile`, `@ipMatchFromFile`) that a rule names. `path` is as written in the rule,
 * `fromFile` the name of the rule's source. Null means that there is no such file.
 */
export type ResolveFile = (path: string, fromFile: string) => string | null;
