import type { SoughtRecord } from '../../model/step-record.js';

/** Tells captures that somebody asks for under the name they are written to from those that nobody does. */
export class SoughtTexts {
  /** Number of the capture, 0 to 9. */
  readonly capture: number;
  readonly #texts: ReadonlySet<string>;
  readonly #others: readonly string[];

  constructor({ capture, texts, others }: SoughtRecord) {
    this.capture = capture;
    this.#texts = new Set(texts);
    this.#others = others;
  }

  /** Whether nobody asks for what was captured. */
  isMissing(text: string): boolean {
    if (this.#texts.has(text)) return false;
    for (let at = 0; at < this.#others.length; at++) if (text.includes(this.#others[at]!)) return false;
    return true;
  }
}
