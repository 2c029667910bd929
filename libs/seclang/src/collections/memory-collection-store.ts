import { ChangingCollection } from './changing-collection.js';
import { boundedName, MAX_COLLECTIONS } from './collection-bounds.js';
import { collectionId, CollectionState, type Change, type Member } from './collection-state.js';
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

class MemoryCollection extends ChangingCollection {
  readonly #state: CollectionState;
  readonly #id: string;
  readonly #timeoutMs: number;
  readonly #now: () => number;

  constructor(state: CollectionState, id: string, timeoutMs: number, now: () => number) {
    super();
    this.#state = state;
    this.#id = id;
    this.#timeoutMs = timeoutMs;
    this.#now = now;
  }

  protected value(name: string): string | undefined {
    return this.#state.value(this.#id, name, this.#now());
  }

  protected members(): readonly Member[] {
    return this.#state.members(this.#id, this.#now());
  }

  protected change(operation: Change['operation'], name: string, value: string, amount: number): void {
    this.#state.apply({ operation, id: this.#id, name, value, amount, timeoutMs: this.#timeoutMs, now: this.#now() });
  }
}
