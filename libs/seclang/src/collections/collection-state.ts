import { ChangeOrder, type Ordered } from './change-order.js';
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

/** One collection as it is kept. Members are few: a list is smaller than a map, and as fast. */
export class KeptCollection implements Ordered {
  older: Ordered | null = null;
  newer: Ordered | null = null;

  /** `staleAt`: when it is forgotten unless it is changed before. */
  constructor(
    readonly id: string,
    public members: Member[],
    public staleAt: number,
  ) {}
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
  readonly #order = new ChangeOrder<KeptCollection>();
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
  all(): Iterable<KeptCollection> {
    return this.#order;
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
    const before = this.#collections.get(kept.id);
    if (before !== undefined) this.#drop(before);
    this.#keep(kept);
    this.#shrink();
  }

  clear(): void {
    this.#collections.clear();
    this.#order.clear();
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
    const staleAt = now + timeoutMs;
    const found = this.#collections.get(id);
    if (found === undefined) return this.#keep(new KeptCollection(id, [], staleAt));
    if (found.staleAt <= now) {
      this.#bytes -= costOf(found);
      found.members = [];
      this.#bytes += costOf(found);
    }
    found.staleAt = staleAt;
    this.#order.remove(found);
    this.#order.add(found);
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
      const { oldest } = this.#order;
      if (oldest === null || oldest.staleAt > now) return;
      this.#drop(oldest);
    }
  }

  #shrink(): void {
    while (this.#collections.size > this.#maxCollections || (this.#bytes > this.#maxBytes && this.#collections.size > 1)) {
      if (this.#order.oldest !== null) this.#drop(this.#order.oldest);
    }
  }

  #keep(collection: KeptCollection): KeptCollection {
    this.#collections.set(collection.id, collection);
    this.#order.add(collection);
    this.#bytes += costOf(collection);
    return collection;
  }

  #drop(collection: KeptCollection): void {
    this.#collections.delete(collection.id);
    this.#order.remove(collection);
    this.#bytes -= costOf(collection);
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
