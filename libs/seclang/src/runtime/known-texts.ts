import { detached } from '@phalanx/kit';

/** Longer texts are too seldom the same twice to be kept. */
const MAX_LENGTH = 160;
const MAX_NEW = 1024;
const MAX_KEPT = 2048;

/**
 * What was made of texts that come again and again, such as names of headers, parameters and cookies. What is kept depends on nothing but
 * the text and the ruleset. Bounded: a text that comes once makes room for the next; one that came twice stays until too many did.
 */
export class KnownTexts<Made> {
  readonly #make: (text: string, isKept: boolean) => Made;
  #new = new Set<string>();
  #kept = new Map<string, Made>();

  constructor(make: (text: string, isKept: boolean) => Made) {
    this.#make = make;
  }

  get(text: string): Made {
    return this.#kept.get(text) ?? this.#meet(text);
  }

  #meet(text: string): Made {
    if (text.length > MAX_LENGTH) return this.#make(text, false);
    if (this.#new.has(text)) return this.#keep(detached(text));
    if (this.#new.size >= MAX_NEW) this.#new = new Set();
    this.#new.add(text);
    return this.#make(text, false);
  }

  #keep(text: string): Made {
    if (this.#kept.size >= MAX_KEPT) this.#kept = new Map();
    const made = this.#make(text, true);
    this.#kept.set(text, made);
    return made;
  }
}
