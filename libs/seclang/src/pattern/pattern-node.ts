import type { ByteSet } from './byte-set.js';

/** Zero-width tests. `end` is the very end; `end-or-newline` also stands before a last newline; `line-…` are those of `(?m)`. */
export type Assertion = 'start' | 'end' | 'end-or-newline' | 'line-start' | 'line-end' | 'word' | 'not-word';

/**
 * A PCRE pattern over bytes as a tree. Flags are resolved: case-insensitive letters are sets of both cases, `.` is a set.
 * The empty pattern is a concatenation of nothing. `max` of a repetition is Infinity when open.
 */
export type PatternNode =
  | { readonly kind: 'bytes'; readonly set: ByteSet }
  | { readonly kind: 'concat'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'alternate'; readonly options: readonly PatternNode[] }
  | {
      readonly kind: 'repeat';
      readonly item: PatternNode;
      readonly min: number;
      readonly max: number;
      readonly mode: 'greedy' | 'lazy' | 'possessive';
    }
  | { readonly kind: 'group'; readonly item: PatternNode; readonly index: number }
  | { readonly kind: 'atomic'; readonly item: PatternNode }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negative: boolean; readonly item: PatternNode }
  | { readonly kind: 'backreference'; readonly index: number; readonly ignoreCase: boolean };

/** A parsed pattern; `groupCount` counts capture groups without group 0. */
export interface Pattern {
  readonly node: PatternNode;
  readonly groupCount: number;
}
