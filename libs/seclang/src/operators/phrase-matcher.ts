import { FiniteSearch } from '../matching/finite-search.js';
import { setOfByte } from '../pattern/byte-set.js';
import type { PatternNode } from '../pattern/pattern-node.js';
import { toLowerAscii } from '../transformations/lowercase.js';
import type { CaptureList, OperatorTest } from './operator.js';

/** Longer texts are first asked of an automaton whether there is a phrase at all: many texts nearly hold many phrases. */
const LONG_TEXT = 512;
const EMPTY: PatternNode = { kind: 'concat', items: [] };

/**
 * Finds any of many phrases in a value, ASCII case ignored; the longest at the earliest place is captured. Phrases are kept sorted:
 * from each byte on, the range of those that still fit is narrowed byte by byte.
 */
export class PhraseMatcher implements OperatorTest {
  readonly #phrases: readonly string[];
  /** Where the phrases of each first byte begin; one more entry for the end. */
  readonly #firstAt = new Int32Array(257);
  /** Undefined until a long text comes, null where the phrases are too many for it. */
  #search: FiniteSearch | null | undefined;

  constructor(phrases: readonly string[]) {
    this.#phrases = [...new Set(phrases.map(toLowerAscii))].filter((phrase) => phrase !== '').sort(byBytes);
    for (let byte = 0, at = 0; byte <= 256; byte++) {
      while (at < this.#phrases.length && this.#phrases[at]!.charCodeAt(0) < byte) at++;
      this.#firstAt[byte] = at;
    }
  }

  test(text: string, captures: CaptureList | null): boolean {
    if (text.length > LONG_TEXT && this.#phrases.length > 0) {
      if (this.#search === undefined) this.#search = FiniteSearch.for(this.#trie(0, this.#phrases.length, 0), 0);
      if (this.#search?.test(text) === false) return false;
      if (captures === null && this.#search !== null) return true;
    }
    const lower = toLowerAscii(text);
    for (let at = 0; at < lower.length; at++) {
      const byte = lower.charCodeAt(at);
      if (this.#firstAt[byte] === this.#firstAt[byte + 1]) continue;
      const length = this.#longestAt(lower, at);
      if (length === 0) continue;
      captures?.push(text.slice(at, at + length));
      return true;
    }
    return false;
  }

  /** A pattern of the phrases in a range, which have their bytes up to `depth` in common. */
  #trie(low: number, high: number, depth: number): PatternNode {
    if (this.#phrases[low]!.length === depth) return EMPTY;
    const options: PatternNode[] = [];
    for (let from = low; from < high;) {
      const byte = this.#phrases[from]!.charCodeAt(depth);
      const to = this.#lowerBound(from, high, depth, byte + 1);
      options.push(this.#branch(from, to, depth));
      from = to;
    }
    return options.length === 1 ? options[0]! : { kind: 'alternate', options };
  }

  /** The same where the next byte is common too: bytes in a row are one sequence, so that the tree is no deeper than it branches. */
  #branch(low: number, high: number, depth: number): PatternNode {
    const items: PatternNode[] = [];
    let end = depth;
    const first = this.#phrases[low]!;
    const last = this.#phrases[high - 1]!;
    while (end < first.length && first.charCodeAt(end) === last.charCodeAt(end))
      items.push({ kind: 'bytes', set: setOfByte(first.charCodeAt(end++), true) });
    items.push(this.#trie(low, high, end));
    return { kind: 'concat', items };
  }

  #longestAt(lower: string, at: number): number {
    const first = lower.charCodeAt(at);
    let low = this.#firstAt[first]!;
    let high = this.#firstAt[first + 1]!;
    let longest = 0;
    for (let depth = 1; low < high; depth++) {
      // The one phrase that ends here stands first in the range.
      if (this.#phrases[low]!.length === depth) {
        longest = depth;
        low++;
      }
      if (at + depth >= lower.length) break;
      const byte = lower.charCodeAt(at + depth);
      low = this.#lowerBound(low, high, depth, byte);
      high = this.#lowerBound(low, high, depth, byte + 1);
    }
    return longest;
  }

  /** The first phrase in a range whose byte at `depth` is at least `byte`. */
  #lowerBound(low: number, high: number, depth: number, byte: number): number {
    let from = low;
    let to = high;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#phrases[middle]!.charCodeAt(depth) < byte) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
