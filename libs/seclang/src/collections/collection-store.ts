import type { Entry } from '../runtime/entry.js';

/** The members of one persistent collection, for example IP of one address. All calls answer at once; none throws. */
export interface StoredCollection {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  /** Adds to a member's number (0 when there is none). What several writers add at the same time is summed. */
  add(name: string, amount: number): void;
  delete(name: string): void;
  /** Lets a member vanish after so long. */
  expire(name: string, afterMs: number): void;
  entries(): Entry[];
}

/** Where IP, GLOBAL, SESSION and their like live between transactions. The store has its own clock. */
export interface CollectionStore {
  /** `timeoutMs`: how long the collection lives after its last change. */
  open(collection: string, key: string, timeoutMs: number): StoredCollection;
}
