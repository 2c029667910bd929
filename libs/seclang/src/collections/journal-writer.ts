import { randomBytes } from 'node:crypto';
import { AppError } from '@phalanx/kit';
import type { Change, CollectionState } from './collection-state.js';
import type { JournalFolder } from './journal-folder.js';
import { JournalReader } from './journal-reader.js';
import type { JournalSegment } from './journal-segment.js';
import { emptyRecord, encodeRecord, MAX_RECORD_BYTES, type JournalRecord } from './journal-record.js';

/** Segments that may wait to be tidied away, and how large the last one may then grow, in segments. */
const MAX_SEGMENTS = 12;
const ATTEMPTS = 4;

/**
 * Appends changes to a journal that others append to as well, and applies everything in the journal's order: a change counts where it lies, so
 * the state is the same in all processes. A record behind a segment's end mark counts nowhere: whoever wrote it writes it again
 * in the next segment. Nothing is agreed on and nobody is waited for.
 */
export class JournalWriter {
  readonly #folder: JournalFolder;
  readonly #reader: JournalReader;
  readonly #bootId: string;
  readonly #segmentBytes: number;
  readonly #buffer = Buffer.alloc(MAX_RECORD_BYTES);
  readonly #record: JournalRecord = { ...emptyRecord(), writer: randomBytes(4).readUInt32LE(0) };
  #sequence = 0;
  #confirmed = 0;
  /** Where the newest record was put. */
  #ownSegment: JournalSegment | null = null;
  readonly #isBeforeOwn = (): boolean => this.#confirmed !== this.#sequence && this.#reader.segment === this.#ownSegment;

  constructor(folder: JournalFolder, state: CollectionState, bootId: string, segmentBytes: number) {
    this.#folder = folder;
    this.#bootId = bootId;
    this.#segmentBytes = segmentBytes;
    this.#reader = new JournalReader(folder, state, (record) => {
      if (record.writer !== this.#record.writer) return false;
      this.#confirmed = record.sequence;
      return record.sequence === this.#sequence;
    });
  }

  get damages(): number {
    return this.#reader.damages;
  }

  /** Whether the file that is in use was removed or cut. */
  get isLost(): boolean {
    return this.#reader.segment.isLost;
  }

  /** Reads all that there is. Throws the system's error, and `unavailable` for a journal of another boot. */
  open(): void {
    this.#folder.make();
    this.#folder.probe();
    this.#reader.open();
    this.follow();
    if ([...this.#reader.bootIds].some((id) => id !== this.#bootId)) {
      throw new AppError('unavailable', 'collections.other-boot', 'the journal is from before the machine was started');
    }
  }

  /** Applies everything new. Throws the system's error. */
  follow(): void {
    while (this.followSome()) continue;
  }

  /** Applies some of what is new; false when that was all. */
  followSome(): boolean {
    const result = this.#reader.read(this.#isBeforeOwn);
    if (result === 'ended') this.#reader.advance();
    return result === 'part' || result === 'ended';
  }

  /** Makes a change. It is in the state when this returns, with all that came before it and nothing
   * that came after, so that of several who count each sees a number of its own. Throws the system's error; then it was not made. */
  append({ operation, id, name, value, amount, timeoutMs, now }: Change): void {
    const record = this.#record;
    record.kind = operation;
    record.id = id;
    record.name = name;
    record.value = value;
    record.amount = amount;
    record.timeoutMs = timeoutMs;
    record.now = now;
    this.#checkSize();
    record.sequence = this.#sequence = (this.#sequence + 1) >>> 0;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { segment } = this.#reader;
      this.#put(record);
      this.#ownSegment = segment;
      this.follow();
      if (this.#confirmed === record.sequence) return this.#endIfLarge();
      if (this.#reader.segment === segment) this.#leaveDamaged();
    }
    throw new AppError('unavailable', 'collections.not-written', 'a change did not get into the journal');
  }

  close(): void {
    this.#reader.close();
  }

  #put(record: JournalRecord): void {
    const { segment } = this.#reader;
    segment.append(this.#buffer, encodeRecord(record, this.#buffer, 0, segment.seed));
  }

  /** Only where nobody tidies it does a segment become that large. */
  #checkSize(): void {
    if (this.#reader.segment.offset < this.#segmentBytes * MAX_SEGMENTS) return;
    throw new AppError('limit', 'collections.untidied', 'the journal has become too large: nobody tidies it');
  }

  #endIfLarge(): void {
    const { number, offset } = this.#reader.segment;
    if (offset < this.#segmentBytes || this.#folder.list().segments.length > MAX_SEGMENTS) return;
    this.#folder.makeSegment(number + 1);
    this.#end();
    this.follow();
  }

  /** What was written can't be found: the file was damaged from outside. */
  #leaveDamaged(): void {
    this.#folder.make();
    this.#folder.makeSegment(this.#reader.segment.number + 1);
    this.#end();
    this.#reader.advance();
  }

  #end(): void {
    const { segment } = this.#reader;
    segment.append(this.#buffer, encodeRecord({ ...emptyRecord(), kind: 'end' }, this.#buffer, 0, segment.seed));
  }
}
