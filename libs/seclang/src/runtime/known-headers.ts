import { Entry, type KnownName } from './entry.js';
import { HEADER_ROLE } from './header-role.js';
import type { KnownTexts } from './known-texts.js';
import type { Subject } from './subject.js';

/** Request headers as they come: one whose value a client sends again and again is one entry for all its requests. */
export class KnownHeaders {
  readonly #names: KnownTexts<KnownName>;
  readonly #subjects: KnownTexts<Subject>;

  constructor(names: KnownTexts<KnownName>, subjects: KnownTexts<Subject>) {
    this.#names = names;
    this.#subjects = subjects;
  }

  entry(text: string, value: string): Entry {
    const name = this.#names.get(text);
    if ((name.headerRole & HEADER_ROLE.steady) === 0) return new Entry(name, value);
    const last = name.lastHeader;
    if (last !== null && last.text === value) return last;
    const entry = new Entry(name, this.#subjects.get(value));
    if (name.isKept && entry.subject.answers !== null) name.lastHeader = entry;
    return entry;
  }
}
