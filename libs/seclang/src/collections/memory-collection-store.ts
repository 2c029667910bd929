import { Entry } from '../runtime/entry.js';
import { boundedName, MAX_COLLECTIONS } from './collection-bounds.js';
import { collectionId, CollectionState, type Change } from './collection-state.js';
import type { CollectionStore, StoredCollection } from './collection-store.js';

/** Persistent collections in the memory of this process: bounded in number, the one changed longest ago goes first. */
export class MemoryCollectionStore implements CollectionStore {
  readonly #state: CollectionState;
  readonly #now: () => number;

  /** `now`: a clock in milliseconds that never goes back. */
  constructor(limit = MAX_COLLECTIONS, now: () => number = () => performance.now()) {
    this.#state = new CollectionState(limit);
    this.#now = now;
  }

  get size(): number {
    return this.#state.size;
  }

  open(collection: string, key: string, timeoutMs: number): StoredCollection {
    return new MemoryCollection(this.#state, collectionId(collection, boundedName(key)), timeoutMs, this.#now);
  }
}

class MemoryCollection implements StoredCollection {
  readonly #state: CollectionState;
  readonly #id: string;
  readonly #timeoutMs: number;
  readonly #now: () => number;

  constructor(state: CollectionState, id: string, timeoutMs: number, now: () => number) {
    this.#state = state;
    this.#id = id;
    this.#timeoutMs = timeoutMs;
    this.#now = now;
  }

  get(name: string): string | undefined {
    return this.#state.value(this.#id, boundedName(name), this.#now());
  }

  set(name: string, value: string): void {
    this.#change('set', name, value, 0);
  }

  add(name: string, amount: number): void {
    this.#change('add', name, '', amount);
  }

  delete(name: string): void {
    this.#change('delete', name, '', 0);
  }

  expire(name: string, afterMs: number): void {
    this.#change('expire', name, '', afterMs);
  }

  entries(): Entry[] {
    return this.#state.members(this.#id, this.#now()).map(({ name, value }) => new Entry(name, value));
  }

  #change(operation: Change['operation'], name: string, value: string, amount: number): void {
    const bounded = boundedName(name);
    this.#state.apply({ operation, id: this.#id, name: bounded, value, amount, timeoutMs: this.#timeoutMs, now: this.#now() });
  }
}
