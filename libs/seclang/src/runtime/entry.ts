import { KnownName, NO_NAME } from './known-name.js';
import { Subject } from './subject.js';

/** One member of a collection, or a plain variable (then the name is empty). */
export class Entry {
  readonly known: KnownName;
  readonly subject: Subject;

  constructor(name: string | KnownName, value: string | Subject) {
    this.known = typeof name !== 'string' ? name : name === '' ? NO_NAME : new KnownName(name);
    this.subject = typeof value === 'string' ? new Subject(value) : value;
  }

  /** As it was sent. */
  get name(): string {
    return this.known.text;
  }

  /** The name for comparing. */
  get key(): string {
    return this.known.key;
  }

  get text(): string {
    return this.subject.text;
  }
}
