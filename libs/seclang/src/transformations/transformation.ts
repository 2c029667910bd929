import type { LiteralTraits } from '../pattern/literal-traits.js';

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
  readonly apply: (text: string, context: TransformationContext) => string;
  /** Kinds of bytes that the result may have where the value has those given and is changed; absent: all. Grows with what is given. */
  readonly yields?: ((kinds: number) => number) | undefined;
  /**
   * Whether the result of a value with those kinds of bytes may hold a literal, in any case of its letters, that the value doesn't hold;
   * absent: it may. Grows with the kinds too.
   */
  readonly reveals?: ((literal: LiteralTraits, kinds: number) => boolean) | undefined;
  /**
   * What stands side by side in the result and comes from such characters side by side: `text`, visible ASCII characters and white space
   * together; `visible`, the former alone; absent: neither.
   */
  readonly stretches?: 'text' | 'visible' | undefined;
  /**
   * Whether the result may hold so many characters of text side by side; `beyondSpace`: the result of the value without its white space.
   * Absent: it may.
   */
  readonly mayHold?: ((text: string, count: number, beyondSpace: boolean) => boolean) | undefined;
  /** The same as `yields`, of one value with those kinds: fewer of them, told without making the result. */
  readonly kindsIn?: ((text: string, kinds: number) => number) | undefined;
}

/** A transformation with all its fields in their order: what asks many of them meets one shape of object. */
export function transformation(given: Transformation): Transformation {
  const { name, triggers, apply, yields, reveals, stretches, mayHold, kindsIn } = given;
  return { name, triggers, apply, yields, reveals, stretches, mayHold, kindsIn };
}
