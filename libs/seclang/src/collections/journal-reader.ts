import { statSync } from 'node:fs';
import { AppError } from '@phalanx/kit';
import type { CollectionState } from './collection-state.js';
import { readBase } from './journal-base.js';
import type { JournalFolder } from './journal-folder.js';
import type { JournalRecord } from './journal-record.js';
import { JournalSegment, type ReadResult } from './journal-segment.js';

const ATTEMPTS = 5;
const NOTHING_OWN = (): boolean => false;

/** Follows a journal from its newest base on, and keeps the state that it describes. Whoever reads the same journal has the same state. */
export class JournalReader {
  readonly state: CollectionState;
  /** Boots that the moments in the files count from. */
  readonly bootIds = new Set<string>();
  /** The newest moment in the files. */
  newestNow = 0;
  /** When the files were last written to, in milliseconds of the wall clock. */
  changedAtMs = 0;
  readonly #folder: JournalFolder;
  readonly #onRecord: ((record: JournalRecord) => boolean) | null;
  #segment: JournalSegment | null = null;
  #damages = 0;

  /** `onRecord` is told of each record after it was applied, and says whether to stop there. */
  constructor(folder: JournalFolder, state: CollectionState, onRecord: ((record: JournalRecord) => boolean) | null = null) {
    this.#folder = folder;
    this.state = state;
    this.#onRecord = onRecord;
  }

  /** The segment that is being read; throws before `open`. */
  get segment(): JournalSegment {
    if (this.#segment === null) throw new AppError('bug', 'collections.not-open', 'the journal was not opened');
    return this.#segment;
  }

  /** Bases and slots that could not be read. */
  get damages(): number {
    return this.#damages + (this.#segment?.damagedSlots ?? 0);
  }

  /** Begins anew with the newest base that is whole. Throws the system's error. */
  open(): void {
    for (let attempt = 1; ; attempt++) {
      try {
        return this.#begin();
      } catch (error) {
        // What was listed a moment ago has been tidied away since: there is something newer.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt >= ATTEMPTS) throw error;
      }
    }
  }

  #begin(): void {
    this.close();
    this.state.clear();
    this.#folder.make();
    const { segments, bases } = this.#folder.list();
    const base = [...bases].reverse().find((number) => this.#readBase(number));
    this.#use(this.#openFrom(base ?? segments[0] ?? 1));
  }

  /** Applies some of what is new; see `JournalSegment.read`. */
  read(isBeforeOwn: () => boolean = NOTHING_OWN): ReadResult {
    return this.segment.read(isBeforeOwn, this.#apply);
  }

  /** Goes on with the segment that follows an ended or damaged one. */
  advance(): void {
    const next = this.segment.number + 1;
    try {
      this.#use(JournalSegment.open(this.#folder.segmentPath(next), next) ?? this.#openFrom(next));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // Others have gone further, and what lies between is in a base by now; or nobody has made it yet.
      if (this.#folder.list().segments.some((other) => other > next)) this.open();
      else this.#use(this.#openFrom(next));
    }
  }

  close(): void {
    this.#damages += this.#segment?.damagedSlots ?? 0;
    this.#segment?.close();
    this.#segment = null;
  }

  #use(segment: JournalSegment): void {
    this.close();
    this.#segment = segment;
    this.bootIds.add(segment.bootId);
    this.changedAtMs = Math.max(this.changedAtMs, segment.changedAtMs);
  }

  /** The first segment from this number on that is one; made if there is none. */
  #openFrom(number: number): JournalSegment {
    const later = this.#folder.list().segments.filter((other) => other >= number);
    for (const candidate of later) {
      const segment = JournalSegment.open(this.#folder.segmentPath(candidate), candidate);
      if (segment !== null) return segment;
      this.#damages++;
    }
    const next = Math.max(number, (later.at(-1) ?? 0) + 1);
    this.#folder.makeSegment(next);
    const made = JournalSegment.open(this.#folder.segmentPath(next), next);
    if (made === null) throw new AppError('unavailable', 'collections.no-segment', 'a new journal segment could not be read');
    return made;
  }

  #readBase(number: number): boolean {
    const path = this.#folder.basePath(number);
    const facts = readBase(path, this.state);
    if (facts !== null) {
      this.bootIds.add(facts.bootId);
      this.newestNow = Math.max(this.newestNow, facts.now);
      this.changedAtMs = Math.max(this.changedAtMs, statSync(path).mtimeMs);
      return true;
    }
    this.#damages++;
    this.state.clear();
    return false;
  }

  readonly #apply = (record: JournalRecord): boolean => {
    const { kind } = record;
    if (record.now > this.newestNow) this.newestNow = record.now;
    if (kind === 'set' || kind === 'add' || kind === 'delete' || kind === 'expire') {
      const { id, name, value, amount, timeoutMs, now } = record;
      this.state.apply({ operation: kind, id, name, value, amount, timeoutMs, now });
    }
    return this.#onRecord?.(record) ?? false;
  };
}
