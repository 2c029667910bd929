import { headerRoleOf } from './header-role.js';
import type { FormWaits } from './plan/form-waits.js';
import { Subject } from './subject.js';

/** The name of a member, with what was found out about members of that name. Names keep their case; `key` is for comparing. */
export class KnownName {
  readonly text: string;
  /** Whether it outlives its transaction. */
  readonly isKept: boolean;
  /** The name as a value, once that was asked for. */
  asValue: Entry | null = null;
  /** The request header of that name with the value that came last, where that comes again and again. */
  lastHeader: Entry | null = null;
  #key: string | null = null;
  #headerRole = -1;
  #variables: object[] | null = null;
  #waits: (FormWaits | null)[] | null = null;

  constructor(text: string, isKept = false) {
    this.text = text;
    this.isKept = isKept;
  }

  get key(): string {
    return (this.#key ??= this.text.toLowerCase());
  }

  /** As of a request header (HEADER_ROLE). */
  get headerRole(): number {
    if (this.#headerRole < 0) this.#headerRole = headerRoleOf(this.key);
    return this.#headerRole;
  }

  /** Who waits for something in the member of a variable: null for nobody, undefined where nothing was kept. */
  waitsIn(variable: object): FormWaits | null | undefined {
    const variables = this.#variables;
    if (variables !== null) for (let at = 0; at < variables.length; at++) if (variables[at] === variable) return this.#waits![at];
    return undefined;
  }

  keepWaits(variable: object, waits: FormWaits | null): void {
    (this.#variables ??= []).push(variable);
    (this.#waits ??= []).push(waits);
  }
}

/** The name of what has none. */
const NO_NAME = new KnownName('');

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
