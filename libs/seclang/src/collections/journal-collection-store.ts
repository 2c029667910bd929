import { messageOf, type Logger } from '@phalanx/kit';
import { ChangingCollection } from './changing-collection.js';
import { boundedName, MAX_COLLECTIONS } from './collection-bounds.js';
import { collectionId, CollectionState, type Change, type Member } from './collection-state.js';
import type { CollectionStore, StoredCollection } from './collection-store.js';
import { JournalFolder } from './journal-folder.js';
import { JournalWriter } from './journal-writer.js';
import { steadyNowMs } from './steady-clock.js';

const SEGMENT_BYTES = 8 * 1024 * 1024;
/** What was read so short a time ago is new enough for reading; a change always reads everything before it. */
const FRESH_MS = 0.2;
/**
 * For so long after a change of its own a transaction doesn't ask what others have made of it since: a limit is judged by the count that
 * its own request made, even by a worker that was kept from running in between. What others change comes with FOLLOW_MS all the same.
 */
const OWN_MS = 1_000;
/** Between requests the journal is followed this often, so that none of them has much to catch up with. */
const FOLLOW_MS = 25;
const CHECK_MS = 1_000;
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 30_000;

/** Whether what a process counts reaches the others. `unsharedChanges`: what it alone knew of until now; `reason`: why it doesn't. */
export interface CollectionSharing {
  readonly isShared: boolean;
  readonly unsharedChanges: number;
  readonly reason: string;
}

/** Where a store's journal lies, and how it is kept. */
export interface JournalOptions {
  /** Folder of the journal: one for all processes that are to share collections. */
  readonly folder: string;
  /** Identity of the machine's boot. */
  readonly bootId: string;
  readonly logger: Logger;
  /** A segment that has grown to this is followed by the next. */
  readonly segmentBytes?: number;
  readonly maxCollections?: number;
  /** Clock in milliseconds since boot, the same in all processes. */
  readonly now?: () => number;
  /** Told when sharing ends and when it comes back. */
  readonly onSharing?: (sharing: CollectionSharing) => void;
}

/**
 * Persistent collections that all processes of a box share, through one journal that each appends to and all apply in the same order. Sums
 * are exact whoever adds; what a process wrote survives it. Where the journal can't be written, each process goes on with what it knows by
 * itself, counts those changes, says so once, and comes back to the journal when it can.
 */
export class JournalCollectionStore implements CollectionStore {
  /** Changes that only this process knows of, because they could not be written. */
  unsharedChanges = 0;
  readonly #options: Required<Pick<JournalOptions, 'folder' | 'bootId' | 'segmentBytes' | 'maxCollections'>>;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #onSharing: (sharing: CollectionSharing) => void;
  #state: CollectionState;
  #writer: JournalWriter | null = null;
  #readAtMs = 0;
  #checkedAtMs = 0;
  #retryAtMs = 0;
  #failures = 0;
  #following: NodeJS.Timeout | null = null;
  #damages = 0;

  /** Reads the journal. Never throws: a journal that can't be had is tried for again. */
  constructor(options: JournalOptions) {
    const { folder, bootId, logger, segmentBytes = SEGMENT_BYTES, maxCollections = MAX_COLLECTIONS, now = steadyNowMs } = options;
    this.#options = { folder, bootId, segmentBytes, maxCollections };
    this.#state = new CollectionState(maxCollections);
    this.#logger = logger;
    this.#now = now;
    this.#onSharing = options.onSharing ?? (() => undefined);
    this.#share(now());
  }

  get size(): number {
    return this.#state.size;
  }

  /** Whether changes reach the other processes at present. */
  get isShared(): boolean {
    return this.#writer !== null;
  }

  open(collection: string, key: string, timeoutMs: number): StoredCollection {
    // Whoever has no rules that count is not to pay for it.
    this.#following ??= setInterval(() => this.#follow(), FOLLOW_MS).unref();
    return new JournalCollection(this, collectionId(collection, boundedName(key)), timeoutMs);
  }

  close(): void {
    if (this.#following) clearInterval(this.#following);
    this.#following = null;
    this.#writer?.close();
    this.#writer = null;
  }

  /** `changedAtMs`: when the transaction that asks changed something last. */
  value(id: string, name: string, changedAtMs: number): string | undefined {
    const now = this.#refresh(changedAtMs);
    return this.#state.value(id, name, now);
  }

  members(id: string, changedAtMs: number): readonly Member[] {
    const now = this.#refresh(changedAtMs);
    return this.#state.members(id, now);
  }

  /** Makes a change and says when. */
  change(operation: Change['operation'], id: string, name: string, value: string, amount: number, timeoutMs: number): number {
    const now = this.#now();
    const change: Change = { operation, id, name, value, amount, timeoutMs, now };
    if (this.#writer === null && now >= this.#retryAtMs) this.#share(now);
    if (this.#writer !== null && this.#append(this.#writer, change)) return now;
    this.unsharedChanges++;
    this.#state.apply(change);
    return now;
  }

  #append(writer: JournalWriter, change: Change): boolean {
    try {
      writer.append(change);
      return true;
    } catch (error) {
      this.#lose(error);
      return false;
    }
  }

  /** Reads what is new unless that was done just now, and says what time it is. */
  #refresh(changedAtMs: number): number {
    const now = this.#now();
    if (this.#writer === null || now - this.#readAtMs < FRESH_MS || now - changedAtMs < OWN_MS) return now;
    this.#readAtMs = now;
    try {
      this.#writer.follow();
    } catch (error) {
      this.#lose(error);
    }
    return now;
  }

  #follow(): void {
    const now = this.#now();
    const writer = this.#writer;
    if (writer === null) {
      if (now >= this.#retryAtMs) this.#share(now);
      return;
    }
    try {
      // A large rest is taken in pieces, so that requests need not wait for it.
      if (writer.followSome()) setImmediate(() => this.#following && this.#follow());
      if (now - this.#checkedAtMs >= CHECK_MS) this.#check(writer, now);
    } catch (error) {
      this.#lose(error);
    }
  }

  #check(writer: JournalWriter, now: number): void {
    this.#checkedAtMs = now;
    if (writer.isLost) {
      this.#logger.error('the collections’ journal was removed or cut: it is begun anew');
      return this.#share(now);
    }
    const { damages } = writer;
    if (damages > this.#damages)
      this.#logger.error('parts of the collections’ journal could not be read', { parts: damages - this.#damages });
    this.#damages = damages;
  }

  #share(now: number): void {
    const { folder, bootId, segmentBytes, maxCollections } = this.#options;
    const state = new CollectionState(maxCollections);
    const writer = new JournalWriter(new JournalFolder(folder, bootId), state, bootId, segmentBytes);
    try {
      writer.open();
    } catch (error) {
      writer.close();
      this.#lose(error);
      return;
    }
    this.#writer?.close();
    this.#writer = writer;
    this.#state = state;
    if (this.#failures > 0) this.#tellShared();
    this.#failures = 0;
    this.#damages = 0;
    this.#readAtMs = now;
  }

  #lose(error: unknown): void {
    this.#writer?.close();
    this.#writer = null;
    this.#retryAtMs = this.#now() + Math.min(RETRY_MS * 2 ** this.#failures, RETRY_MAX_MS);
    this.#failures++;
    if (this.#failures > 1) return;
    const reason = messageOf(error);
    this.#logger.error('collections can’t be shared: each worker counts by itself', { reason });
    this.#onSharing({ isShared: false, unsharedChanges: this.unsharedChanges, reason });
  }

  #tellShared(): void {
    const { unsharedChanges } = this;
    this.#logger.warn('collections are shared again', { unsharedChanges });
    this.#onSharing({ isShared: true, unsharedChanges, reason: '' });
  }
}

class JournalCollection extends ChangingCollection {
  readonly #store: JournalCollectionStore;
  readonly #id: string;
  readonly #timeoutMs: number;
  #changedAtMs = -Infinity;

  constructor(store: JournalCollectionStore, id: string, timeoutMs: number) {
    super();
    this.#store = store;
    this.#id = id;
    this.#timeoutMs = timeoutMs;
  }

  protected value(name: string): string | undefined {
    return this.#store.value(this.#id, name, this.#changedAtMs);
  }

  protected members(): readonly Member[] {
    return this.#store.members(this.#id, this.#changedAtMs);
  }

  protected change(operation: Change['operation'], name: string, value: string, amount: number): void {
    this.#changedAtMs = this.#store.change(operation, this.#id, name, value, amount, this.#timeoutMs);
  }
}
