import { rarityOf } from '../../pattern/literal-rarity.js';
import { isSpace, isWideSpace } from '../../transformations/bytes.js';

/** By byte: 1 for white space. */
const IS_SPACE = Uint8Array.from({ length: 256 }, (_, byte) => (isWideSpace(byte) ? 1 : 0));

/** A literal, all lower-cased ASCII, that is looked for in texts as if they had no white space, in any case of its letters. */
export class SpacedLiteral {
  readonly #literal: string;
  /** Offset of the character that fewest texts have: where that isn't, the literal isn't either. */
  readonly #rarest: number;
  readonly #lower: string;
  readonly #upper: string;

  constructor(literal: string) {
    const offsets = Array.from(literal, (_, at) => at);
    this.#literal = literal;
    this.#rarest = offsets.reduce((best, at) => (rarityOf(literal[at]!) > rarityOf(literal[best]!) ? at : best), 0);
    this.#lower = literal[this.#rarest]!;
    this.#upper = this.#lower.toUpperCase();
  }

  standsIn(text: string): boolean {
    return this.#standsAbout(text, this.#lower) || (this.#upper !== this.#lower && this.#standsAbout(text, this.#upper));
  }

  #standsAbout(text: string, rarest: string): boolean {
    // What is white space itself never stands in what is left.
    if (isSpace(rarest.charCodeAt(0))) return false;
    for (let at = text.indexOf(rarest); at >= 0; at = text.indexOf(rarest, at + 1))
      if (this.#goesBack(text, at) && this.#goesOn(text, at)) return true;
    return false;
  }

  #goesBack(text: string, start: number): boolean {
    let left = this.#rarest;
    for (let at = start - 1; left > 0; at--) {
      if (at < 0) return false;
      const byte = text.charCodeAt(at);
      if (IS_SPACE[byte] === 1) continue;
      if (lowered(byte) !== this.#literal.charCodeAt(--left)) return false;
    }
    return true;
  }

  #goesOn(text: string, start: number): boolean {
    let next = this.#rarest + 1;
    for (let at = start + 1; next < this.#literal.length; at++) {
      if (at >= text.length) return false;
      const byte = text.charCodeAt(at);
      if (IS_SPACE[byte] === 1) continue;
      if (lowered(byte) !== this.#literal.charCodeAt(next++)) return false;
    }
    return true;
  }
}

function lowered(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
