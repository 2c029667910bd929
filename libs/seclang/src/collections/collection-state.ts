import { toInteger } from '../operators/integer.js';
import { MAX_COLLECTIONS, MAX_MEMBERS, MAX_TOTAL_BYTES, MAX_VALUE_BYTES } from './collection-bounds.js';

/** What an object of each kind costs beside its text, roughly. */
const COLLECTION_BYTES = 200;
const MEMBER_BYTES = 100;

/** A member of a collection. `expiresAt` is in milliseconds of the store's clock; Infinity when it doesn't. */
export interface Member {
  readonly key: string;
  readonly name: string;
  value: string;
  expiresAt: number;
}

/** What is done to a member. `now` is the moment of the change in milliseconds of the store's clock. */
export interface Change {
  readonly operation: 'set' | 'add' | 'delete' | 'expire';
  /** Collection and key; see `collectionId`. */
  readonly id: string;
  readonly name: string;
  /** `set`: the value. */
  readonly value: string;
  /** `add`: what is added. `expire`: after how many milliseconds. */
  readonly amount: number;
  readonly timeoutMs: number;
  readonly now: number;
}

/** One collection as it is kept. `members` are few: a list is smaller than a map, and as fast. */
export interface KeptCollection {
  readonly id: string;
  members: Member[];
  /** When it is forgotten unless it is changed before. */
  staleAt: number;
}

/** The name under which a collection is kept. */
export function collectionId(collection: string, key: string): string {
  return `${collection}\0${key}`;
}

/**
 * All collections, as a sequence of changes makes them. The same changes in the same order give the same state, wherever they are applied:
 * nothing here reads a clock or counts anything else. Bounded in number and bytes; collections are in the order of their last change.
 */
export class CollectionState {
  readonly #collections = new Map<string, KeptCollection>();
  readonly #maxCollections: number;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxCollections = MAX_COLLECTIONS, maxBytes = MAX_TOTAL_BYTES) {
    this.#maxCollections = maxCollections;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#collections.size;
  }

  /** Collections in the order of their last change, oldest first. */
  all(): IterableIterator<KeptCollection> {
    return this.#collections.values();
  }

  /** The members that live at `now`. */
  members(id: string, now: number): readonly Member[] {
    const found = this.#collections.get(id);
    if (found === undefined || found.staleAt <= now) return [];
    return found.members.filter(({ expiresAt }) => expiresAt > now);
  }

  value(id: string, name: string, now: number): string | undefined {
    const found = this.#collections.get(id);
    if (found === undefined || found.staleAt <= now) return undefined;
    const member = memberOf(found, name.toLowerCase());
    return member !== undefined && member.expiresAt > now ? member.value : undefined;
  }

  apply(change: Change): void {
    const { operation, now } = change;
    if (operation === 'set') this.#set(change, change.value);
    else if (operation === 'add') {
      const sum = toInteger(this.value(change.id, change.name, now) ?? '0') + change.amount;
      this.#set(change, String(sum));
    } else if (operation === 'delete') this.#delete(change);
    else this.#expire(change);
  }

  /** Puts a collection back as it was kept, as the one changed last. */
  restore(kept: KeptCollection): void {
    this.#drop(kept.id);
    this.#collections.set(kept.id, kept);
    this.#bytes += costOf(kept);
    this.#shrink();
  }

  clear(): void {
    this.#collections.clear();
    this.#bytes = 0;
  }

  #set(change: Change, value: string): void {
    const collection = this.#touch(change);
    const key = change.name.toLowerCase();
    const kept = value.slice(0, MAX_VALUE_BYTES);
    const member = memberOf(collection, key);
    if (member !== undefined) {
      this.#bytes += kept.length - member.value.length;
      member.value = kept;
      if (member.expiresAt <= change.now) member.expiresAt = Infinity;
    } else {
      if (collection.members.length >= MAX_MEMBERS) this.#dropExpired(collection, change.now);
      if (collection.members.length >= MAX_MEMBERS) return;
      const added = { key, name: change.name, value: kept, expiresAt: Infinity };
      collection.members.push(added);
      this.#bytes += costOfMember(added);
    }
    this.#forgetStale(change.now);
    this.#shrink();
  }

  #delete({ id, name }: Change): void {
    const collection = this.#collections.get(id);
    const key = name.toLowerCase();
    const at = collection?.members.findIndex((member) => member.key === key) ?? -1;
    if (collection === undefined || at < 0) return;
    for (const removed of collection.members.splice(at, 1)) this.#bytes -= costOfMember(removed);
  }

  #expire({ id, name, amount, now }: Change): void {
    const collection = this.#collections.get(id);
    const member = collection && memberOf(collection, name.toLowerCase());
    if (member !== undefined && member.expiresAt > now) member.expiresAt = now + amount;
  }

  /** The collection, alive and changed last. */
  #touch({ id, timeoutMs, now }: Change): KeptCollection {
    let found = this.#collections.get(id);
    if (found !== undefined) this.#collections.delete(id);
    if (found === undefined || found.staleAt <= now) {
      if (found !== undefined) this.#bytes -= costOf(found);
      found = { id, members: [], staleAt: 0 };
      this.#bytes += costOf(found);
    }
    found.staleAt = now + timeoutMs;
    this.#collections.set(id, found);
    return found;
  }

  #dropExpired(collection: KeptCollection, now: number): void {
    this.#bytes -= costOf(collection);
    collection.members = collection.members.filter(({ expiresAt }) => expiresAt > now);
    this.#bytes += costOf(collection);
  }

  /** Each change clears at most two away, so that none takes long, and more go than come. */
  #forgetStale(now: number): void {
    for (let n = 0; n < 2; n++) {
      const oldest = this.#collections.values().next();
      if (oldest.done === true || oldest.value.staleAt > now) return;
      this.#drop(oldest.value.id);
    }
  }

  #shrink(): void {
    while (this.#collections.size > this.#maxCollections || (this.#bytes > this.#maxBytes && this.#collections.size > 1)) {
      const oldest = this.#collections.keys().next();
      if (oldest.done === true) return;
      this.#drop(oldest.value);
    }
  }

  #drop(id: string): void {
    const found = this.#collections.get(id);
    if (found === undefined) return;
    this.#collections.delete(id);
    this.#bytes -= costOf(found);
  }
}

function memberOf({ members }: KeptCollection, key: string): Member | undefined {
  for (const member of members) if (member.key === key) return member;
  return undefined;
}

function costOfMember({ name, value }: Member): number {
  return MEMBER_BYTES + 2 * name.length + value.length;
}

function costOf({ id, members }: KeptCollection): number {
  let bytes = COLLECTION_BYTES + id.length;
  for (const member of members) bytes += costOfMember(member);
  return bytes;
}
