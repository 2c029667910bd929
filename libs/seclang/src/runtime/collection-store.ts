import { Entry } from './entry.js';

/** A member of a persistent collection. `expiresAt` is in epoch milliseconds. */
interface StoredVariable {
  readonly name: string;
  value: string;
  expiresAt: number;
}

/** The members of one persistent collection, for example IP of one address. All calls answer at once. */
export interface StoredCollection {
  get(name: string, now: number): string | undefined;
  set(name: string, value: string, now: number): void;
  delete(name: string): void;
  /** Lets a member vanish at `expiresAt` (epoch milliseconds). */
  expire(name: string, expiresAt: number): void;
  entries(now: number): Entry[];
}

/** Where IP, GLOBAL, SESSION and their like live between transactions. */
export interface CollectionStore {
  open(collection: string, key: string, now: number, timeoutMs: number): StoredCollection;
}

const MAX_VARIABLES = 256;
const MAX_VALUE_LENGTH = 4096;

class MemoryCollection implements StoredCollection {
  lastUsed: number;
  readonly #timeoutMs: number;
  readonly #variables = new Map<string, StoredVariable>();

  constructor(now: number, timeoutMs: number) {
    this.lastUsed = now;
    this.#timeoutMs = timeoutMs;
  }

  isStale(now: number): boolean {
    return now - this.lastUsed > this.#timeoutMs;
  }

  get(name: string, now: number): string | undefined {
    const key = name.toLowerCase();
    const found = this.#variables.get(key);
    if (found === undefined) return undefined;
    if (found.expiresAt > now) return found.value;
    this.#variables.delete(key);
    return undefined;
  }

  set(name: string, value: string, now: number): void {
    this.lastUsed = now;
    const key = name.toLowerCase();
    const found = this.#variables.get(key);
    const kept = value.slice(0, MAX_VALUE_LENGTH);
    if (found !== undefined && found.expiresAt > now) found.value = kept;
    else if (found !== undefined || this.#variables.size < MAX_VARIABLES) {
      this.#variables.set(key, { name, value: kept, expiresAt: Infinity });
    }
  }

  delete(name: string): void {
    this.#variables.delete(name.toLowerCase());
  }

  expire(name: string, expiresAt: number): void {
    const found = this.#variables.get(name.toLowerCase());
    if (found !== undefined) found.expiresAt = expiresAt;
  }

  entries(now: number): Entry[] {
    const entries: Entry[] = [];
    for (const { name, value, expiresAt } of this.#variables.values()) if (expiresAt > now) entries.push(new Entry(name, value));
    return entries;
  }
}

/** Persistent collections in the memory of this process: bounded in number, least recently used first out, stale ones forgotten. */
export class MemoryCollectionStore implements CollectionStore {
  readonly #limit: number;
  readonly #collections = new Map<string, MemoryCollection>();

  constructor(limit = 50_000) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#collections.size;
  }

  open(collection: string, key: string, now: number, timeoutMs: number): StoredCollection {
    const id = `${collection}\0${key}`;
    let found = this.#collections.get(id);
    if (found === undefined || found.isStale(now)) found = new MemoryCollection(now, timeoutMs);
    found.lastUsed = now;
    // Taking it out and putting it back keeps the map in order of use.
    this.#collections.delete(id);
    this.#collections.set(id, found);
    if (this.#collections.size > this.#limit) this.#dropOldest();
    return found;
  }

  #dropOldest(): void {
    const oldest = this.#collections.keys().next();
    if (oldest.done !== true) this.#collections.delete(oldest.value);
  }
}
