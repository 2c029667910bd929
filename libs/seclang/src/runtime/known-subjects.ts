import { detached } from '@phalanx/kit';
import { Subject } from './subject.js';

/** Longer values are too seldom the same twice to be kept. */
const MAX_LENGTH = 160;
const MAX_NEW = 1024;
const MAX_KEPT = 2048;

/**
 * Values that come again and again, such as names of headers, parameters and cookies, with what was found out about them. What is kept
 * depends on nothing but the value and the ruleset. Bounded: a value that comes once makes room for the next; one that came twice stays
 * until too many did.
 */
export class KnownSubjects {
  #new = new Set<string>();
  #kept = new Map<string, Subject>();

  subject(text: string): Subject {
    const kept = this.#kept.get(text);
    if (kept !== undefined) return kept;
    if (text.length > MAX_LENGTH) return new Subject(text);
    if (!this.#new.has(text)) return this.#remember(text);
    return this.#keep(text);
  }

  #keep(text: string): Subject {
    if (this.#kept.size >= MAX_KEPT) this.#kept = new Map();
    const subject = new Subject(detached(text), true);
    this.#kept.set(subject.text, subject);
    return subject;
  }

  #remember(text: string): Subject {
    if (this.#new.size >= MAX_NEW) this.#new = new Set();
    this.#new.add(text);
    return new Subject(text);
  }
}
