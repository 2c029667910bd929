import { messageOf, type Logger } from '@phalanx/kit';
import { CollectionState, KeptCollection } from './collection-state.js';
import { writeBase } from './journal-base.js';
import type { JournalOptions } from './journal-collection-store.js';
import { JournalFolder } from './journal-folder.js';
import { JournalReader } from './journal-reader.js';
import { steadyNowMs } from './steady-clock.js';

const TICK_MS = 100;
/** How long one round may take: the process answers to others as well. */
const ROUND_MS = 50;
const RETRY_MS = 5_000;

/**
 * Tidies a journal, in a process that serves no traffic: makes it usable before the first worker reads it, and writes a base for each segment
 * that has ended, so that what came before can go. Workers never wait for it.
 */
export class JournalKeeper {
  readonly #folder: JournalFolder;
  readonly #bootId: string;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #maxCollections: number | undefined;
  #reader: JournalReader;
  #timer: NodeJS.Timeout | null = null;
  #triedAtMs = 0;
  #isOpen = false;
  #isTold = false;

  constructor({ folder, bootId, logger, maxCollections, now = steadyNowMs }: JournalOptions) {
    this.#folder = new JournalFolder(folder, bootId);
    this.#bootId = bootId;
    this.#logger = logger;
    this.#now = now;
    this.#maxCollections = maxCollections;
    this.#reader = this.#newReader();
  }

  /** Makes the journal usable and begins to tidy it. Never throws: what can't be read is given up, what can't be written is tried again. */
  start(): void {
    this.#open();
    this.#timer ??= setInterval(() => this.tick(), TICK_MS).unref();
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#reader.close();
  }

  /** One round of tidying. */
  tick(): void {
    if (!this.#isOpen) {
      if (this.#now() - this.#triedAtMs >= RETRY_MS) this.#open();
      return;
    }
    try {
      for (const until = performance.now() + ROUND_MS; performance.now() < until;) {
        const result = this.#reader.read();
        if (result === 'ended') this.#turnOver();
        else if (result === 'all') break;
      }
      if (this.#reader.segment.isLost) this.#open();
    } catch (error) {
      this.#fail(error);
    }
  }

  #newReader(): JournalReader {
    return new JournalReader(this.#folder, new CollectionState(this.#maxCollections));
  }

  #open(): void {
    this.#triedAtMs = this.#now();
    try {
      this.#reader.close();
      this.#reader = this.#newReader();
      this.#reader.open();
      this.#readToEnd();
      if ([...this.#reader.bootIds].some((id) => id !== this.#bootId)) this.#carryOver();
      if (this.#reader.damages > 0) {
        this.#logger.error('parts of the collections’ journal could not be read: what they counted is lost', {
          parts: this.#reader.damages,
        });
      }
      this.#isOpen = true;
      this.#isTold = false;
    } catch (error) {
      this.#fail(error);
    }
  }

  #readToEnd(): void {
    for (;;) {
      const result = this.#reader.read();
      if (result === 'all') return;
      if (result === 'ended') this.#reader.advance();
    }
  }

  /** The segment that was read has ended: what follows needs nothing of what came before. */
  #turnOver(): void {
    const next = this.#reader.segment.number + 1;
    writeBase(this.#folder.basePath(next), this.#reader.state, this.#bootId, this.#now());
    this.#folder.prune(next);
    this.#reader.advance();
  }

  /** Moments of an earlier boot become moments of this one. How long the machine was down is for the wall clock to say; if it went back: no time. */
  #carryOver(): void {
    const before = this.#reader;
    const downMs = Math.max(0, Date.now() - before.changedAtMs);
    const now = this.#now();
    const shiftMs = now - before.newestNow - downMs;
    const state = new CollectionState(this.#maxCollections);
    for (const { id, members, staleAt } of before.state.all()) {
      const kept = members
        .map((member) => ({ ...member, expiresAt: member.expiresAt + shiftMs }))
        .filter(({ expiresAt }) => expiresAt > now);
      if (staleAt + shiftMs > now && kept.length > 0) state.restore(new KeptCollection(id, kept, staleAt + shiftMs));
    }
    const next = before.segment.number + 1;
    writeBase(this.#folder.basePath(next), state, this.#bootId, now);
    this.#folder.makeSegment(next);
    this.#folder.prune(next);
    before.close();
    this.#reader = this.#newReader();
    this.#reader.open();
    this.#logger.info('collections were carried over from before the machine was started', { collections: state.size });
  }

  #fail(error: unknown): void {
    this.#isOpen = false;
    if (this.#isTold) return;
    this.#isTold = true;
    this.#logger.error('the collections’ journal can’t be kept', { reason: messageOf(error) });
  }
}
