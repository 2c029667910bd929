/** What is known about a TX variable before any request: its text, `undefined` for unset, `null` for nothing. */
export type Known = string | undefined | null;

/** What the rules so far have made of the TX collection, whichever request it is. Names in any case. */
export class KnownVariables {
  /** Variables that aren't here are unset. */
  readonly #values: Map<string, string | null>;
  /** Beginnings of names that were written at run time: nothing is known about variables with such names. */
  readonly #prefixes: Set<string>;

  constructor(values: Iterable<readonly [string, string | null]> = [], prefixes: Iterable<string> = []) {
    this.#values = new Map(values);
    this.#prefixes = new Set(prefixes);
  }

  get(name: string): Known {
    const key = name.toLowerCase();
    for (const prefix of this.#prefixes) if (key.startsWith(prefix)) return null;
    return this.#values.get(key);
  }

  set(name: string, value: Known): void {
    const key = name.toLowerCase();
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
  }

  /** A write that may or may not happen. */
  maySet(name: string, value: Known): void {
    if (this.get(name) !== value) this.set(name, null);
  }

  /** A write to a name that ends in something unknown. */
  forget(prefix: string): void {
    this.#prefixes.add(prefix.toLowerCase());
  }

  copy(): KnownVariables {
    return new KnownVariables(this.#values, this.#prefixes);
  }

  /** Keeps what holds on both ways. */
  join(other: KnownVariables): void {
    for (const prefix of other.#prefixes) this.#prefixes.add(prefix);
    for (const name of new Set([...this.#values.keys(), ...other.#values.keys()])) {
      const value = this.#values.get(name);
      if (value !== other.#values.get(name)) this.set(name, null);
    }
  }
}
