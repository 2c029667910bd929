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
  #new = new Map<string, Subject>();
  #kept = new Map<string, Subject>();

  subject(text: string): Subject {
    const kept = this.#kept.get(text);
    if (kept !== undefined) return kept;
    if (text.length > MAX_LENGTH) return new Subject(text);
    const known = this.#new.get(text);
    if (known === undefined) return this.#remember(text);
    if (this.#kept.size >= MAX_KEPT) this.#kept = new Map();
    this.#kept.set(text, known);
    return known;
  }

  #remember(text: string): Subject {
    // A copy of its own: a slice would keep the whole request in memory.
    const subject = new Subject(Buffer.from(text, 'latin1').toString('latin1'), true);
    if (this.#new.size >= MAX_NEW) this.#new = new Map();
    this.#new.set(subject.text, subject);
    return subject;
  }
}
