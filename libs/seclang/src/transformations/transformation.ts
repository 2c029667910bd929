/** What a transformation may know beside the value. */
export interface TransformationContext {
  /** Best-fit map of SecUnicodeMapFile: code point to byte; null when the pack sets none. */
  readonly unicodeMap: ReadonlyMap<number, number> | null;
}

/** One `t:` word: a pure function over byte strings that gives back the very same string when nothing changes. */
export interface Transformation {
  /** Lower-case name. */
  readonly name: string;
  /** Kinds of bytes (FEATURE) without which a value is left as it is; null when even a plain value changes. */
  readonly triggers: number | null;
  apply(text: string, context: TransformationContext): string;
}
