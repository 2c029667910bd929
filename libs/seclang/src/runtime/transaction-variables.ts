import { Entry } from './entry.js';

/** Numbers for the names of TX variables that a ruleset mentions; `0` to `9` are the captures. */
export class VariableSlots {
  readonly names: string[] = [];
  /** What each of them is before anything sets it. */
  readonly unset: (string | undefined)[] = [];
  readonly #slots = new Map<string, number>();

  constructor() {
    for (let capture = 0; capture <= 9; capture++) this.slot(String(capture));
  }

  /** The slot of a name (any case); a new one when the name is new. */
  slot(name: string): number {
    const key = name.toLowerCase();
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    this.names.push(name);
    this.unset.push(undefined);
    this.#slots.set(key, this.names.length - 1);
    return this.names.length - 1;
  }

  find(key: string): number {
    return this.#slots.get(key) ?? -1;
  }
}

/** More names than this made at run time (names with macros in them) are not kept: a request must not fill the memory. */
const MAX_DYNAMIC_NAMES = 10_000;

/** The TX collection of one transaction: an array for the names known to the ruleset, a map for names made at run time. */
export class TransactionVariables {
  readonly slots: VariableSlots;
  readonly #values: (string | undefined)[];
  /** Captures that may be set. */
  #captureCount = 10;
  #dynamic: Map<string, { readonly name: string; value: string }> | null = null;

  constructor(slots: VariableSlots) {
    this.slots = slots;
    this.#values = slots.unset.slice();
  }

  at(slot: number): string | undefined {
    return this.#values[slot];
  }

  setAt(slot: number, value: string | undefined): void {
    this.#values[slot] = value;
    if (slot <= 9) this.#captureCount = 10;
  }

  get(name: string): string | undefined {
    const key = name.toLowerCase();
    const slot = this.slots.find(key);
    return slot >= 0 ? this.#values[slot] : this.#dynamic?.get(key)?.value;
  }

  set(name: string, value: string | undefined): void {
    const key = name.toLowerCase();
    const slot = this.slots.find(key);
    if (slot >= 0) this.setAt(slot, value);
    else if (value === undefined) this.#dynamic?.delete(key);
    else this.#setDynamic(key, name, value);
  }

  /** Sets the captures 0-9 and unsets those beyond. */
  setCaptures(captures: readonly (string | undefined)[]): void {
    const count = Math.min(captures.length, 10);
    for (let index = 0; index < count; index++) this.#values[index] = captures[index];
    for (let index = count; index < this.#captureCount; index++) this.#values[index] = undefined;
    this.#captureCount = count;
  }

  /** The members whose name passes. `slots` are those of the ruleset's names that pass. */
  select(slots: readonly number[], passes: (name: string) => boolean): Entry[] {
    const entries: Entry[] = [];
    for (const slot of slots) {
      const value = this.#values[slot];
      if (value !== undefined) entries.push(new Entry(this.slots.names[slot]!, value));
    }
    if (this.#dynamic !== null)
      for (const { name, value } of this.#dynamic.values()) if (passes(name)) entries.push(new Entry(name, value));
    return entries;
  }

  entries(): Entry[] {
    const entries: Entry[] = [];
    this.#values.forEach((value, slot) => {
      if (value !== undefined) entries.push(new Entry(this.slots.names[slot]!, value));
    });
    if (this.#dynamic !== null) for (const { name, value } of this.#dynamic.values()) entries.push(new Entry(name, value));
    return entries;
  }

  #setDynamic(key: string, name: string, value: string): void {
    this.#dynamic ??= new Map();
    const known = this.#dynamic.get(key);
    if (known !== undefined) known.value = value;
    else if (this.#dynamic.size < MAX_DYNAMIC_NAMES) this.#dynamic.set(key, { name, value });
  }
}
