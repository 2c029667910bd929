import { Subject } from './subject.js';

/** One member of a collection, or a plain variable (then the name is empty). Names keep their case; `key` is for comparing. */
export class Entry {
  readonly name: string;
  readonly subject: Subject;
  #key: string | null;

  /** `key` where it is known already. */
  constructor(name: string, value: string | Subject, key: string | null = null) {
    this.name = name;
    this.#key = key;
    this.subject = typeof value === 'string' ? new Subject(value) : value;
  }

  get key(): string {
    return (this.#key ??= this.name.toLowerCase());
  }

  get text(): string {
    return this.subject.text;
  }
}
