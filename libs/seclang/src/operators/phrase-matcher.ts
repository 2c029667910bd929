import { toLowerAscii } from '../transformations/lowercase.js';
import type { CaptureList, OperatorTest } from './operator.js';

/** Finds any of many phrases in a value, ASCII case ignored. Phrases are kept by their first bytes. */
export class PhraseMatcher implements OperatorTest {
  readonly #phrases: readonly string[];
  #byHead: Map<number, string[]> | null = null;

  constructor(phrases: readonly string[]) {
    this.#phrases = phrases;
  }

  test(text: string, captures: CaptureList | null): boolean {
    const lower = toLowerAscii(text);
    const byHead = (this.#byHead ??= this.#index());
    for (let at = 0; at < lower.length; at++) {
      const head = lower.charCodeAt(at);
      const found =
        this.#match(byHead.get(head | (lower.charCodeAt(at + 1) << 8)), lower, at) ?? this.#match(byHead.get(head | 0x10000), lower, at);
      if (found === null) continue;
      captures?.push(text.slice(at, at + found.length));
      return true;
    }
    return false;
  }

  #match(phrases: readonly string[] | undefined, lower: string, at: number): string | null {
    if (phrases === undefined) return null;
    for (const phrase of phrases) if (lower.startsWith(phrase, at)) return phrase;
    return null;
  }

  /** Keyed by the first two bytes; phrases of one byte have keys of their own. Longest first, so that the capture is the longest. */
  #index(): Map<number, string[]> {
    const byHead = new Map<number, string[]>();
    for (const phrase of this.#phrases.map(toLowerAscii).sort((a, b) => b.length - a.length)) {
      const key = phrase.length === 1 ? phrase.charCodeAt(0) | 0x10000 : phrase.charCodeAt(0) | (phrase.charCodeAt(1) << 8);
      const known = byHead.get(key);
      if (known === undefined) byHead.set(key, [phrase]);
      else known.push(phrase);
    }
    return byHead;
  }
}
