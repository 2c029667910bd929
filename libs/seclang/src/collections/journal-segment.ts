import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { decodeHeader } from './journal-header.js';
import { decodeRecord, emptyRecord, SLOT_BYTES, type JournalRecord } from './journal-record.js';

const READ_BYTES = 64 * 1024;

/** What a look at a segment's next records gave: all that there is, a part of it, its end, or all up to where `take` said to stop. */
export type ReadResult = 'all' | 'part' | 'ended' | 'stopped';

/** An open segment, and how far it was read. Every process reads it from its beginning, and appends at its end. */
export class JournalSegment {
  readonly number: number;
  readonly bootId: string;
  readonly seed: number;
  /** Slots that held no record, and were passed over. */
  damagedSlots = 0;
  readonly #fd: number;
  readonly #buffer = Buffer.allocUnsafe(READ_BYTES);
  readonly #record = emptyRecord();
  #offset = SLOT_BYTES;
  #hasEnded = false;

  private constructor(number: number, fd: number, bootId: string, seed: number) {
    this.number = number;
    this.#fd = fd;
    this.bootId = bootId;
    this.seed = seed;
  }

  /** Opens a segment. Throws the system's error; gives null for a file that is none. */
  static open(path: string, number: number): JournalSegment | null {
    const fd = openSync(path, constants.O_RDWR | constants.O_APPEND);
    const slot = Buffer.alloc(SLOT_BYTES);
    readSync(fd, slot, 0, SLOT_BYTES, 0);
    const header = decodeHeader(slot);
    if (header !== null) return new JournalSegment(number, fd, header.bootId, header.seed);
    closeSync(fd);
    return null;
  }

  /** Bytes that were read. */
  get offset(): number {
    return this.#offset;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** When it was last written to, in milliseconds of the wall clock. */
  get changedAtMs(): number {
    return fstatSync(this.#fd).mtimeMs;
  }

  /** Whether its file was removed or cut. */
  get isLost(): boolean {
    const { nlink, size } = fstatSync(this.#fd);
    return nlink === 0 || size < this.#offset;
  }

  /** Appends records as one. Throws the system's error, and when only a part could be written. */
  append(bytes: Buffer, length: number): void {
    const written = writeSync(this.#fd, bytes, 0, length);
    if (written !== length) throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' });
  }

  /**
   * Hands out at most one buffer of new records, in order; the record is reused, and `take` says whether to stop behind it. `isBeforeOwn` says that a record of our own, already
   * written, is still to come, so that one that is cut before it will never be whole; otherwise the rest of it is waited for.
   */
  read(isBeforeOwn: () => boolean, take: (record: JournalRecord) => boolean): ReadResult {
    if (this.#hasEnded) return 'ended';
    const buffer = this.#buffer;
    const record = this.#record;
    const bytes = readSync(this.#fd, buffer, 0, READ_BYTES, this.#offset);
    const end = bytes - (bytes % SLOT_BYTES);
    const isFull = bytes === READ_BYTES;
    let at = 0;
    while (at < end) {
      const length = decodeRecord(buffer, at, end, this.seed, record);
      if (length === 0 && (isFull ? at > 0 : !isBeforeOwn())) break;
      if (length <= 0) {
        this.damagedSlots++;
        at += SLOT_BYTES;
        continue;
      }
      at += length;
      if (record.kind === 'end') {
        this.#hasEnded = true;
        break;
      }
      if (take(record)) {
        this.#offset += at;
        return 'stopped';
      }
    }
    this.#offset += at;
    if (this.#hasEnded) return 'ended';
    return isFull ? 'part' : 'all';
  }

  close(): void {
    closeSync(this.#fd);
  }
}
