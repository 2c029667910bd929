import { existsSync, renameSync, statSync } from 'node:fs';
import { SEGMENT_CLOSED_SUFFIX, SEGMENT_OPEN_SUFFIX, segmentHeaderSchema } from '@phalanx/contracts';
import { startTicksOf } from '../../platform/box-identity.js';
import { type BuiltBatch, buildBatch, findPlace, type SegmentPlace } from './batch-builder.js';
import { visitLines } from './segment-lines.js';

/** What was sent and is not answered yet. */
export interface Flight {
  readonly first: number;
  readonly next: SegmentPlace;
  readonly isFull: boolean;
  readonly sentAtMs: number;
  /** Finished streams that the batch names. */
  readonly finished: readonly string[];
}

/** An open file without a usable header that nobody has touched for this long has no writer. */
const HEADERLESS_MS = 60_000;

/** One segment file of the spool, and how far the controller has it. The stream's id is the file's name. */
export class SpooledStream {
  /** What is acknowledged; null before the header was read. */
  place: SegmentPlace | null = null;
  flight: Flight | null = null;
  /** Monotonic time before which nothing is sent. */
  retryAtMs = 0;
  attempts = 0;
  private writer: { bootId: string; pid: number; startTicks: number } | null = null;

  constructor(
    readonly id: string,
    readonly folder: string,
    public isClosed: boolean,
  ) {}

  get path(): string {
    return `${this.folder}/${this.id}${this.isClosed ? SEGMENT_CLOSED_SUFFIX : SEGMENT_OPEN_SUFFIX}`;
  }

  /** Reads the header, once there is one. `remembered` is used when it is a place in this file. */
  open(remembered: SegmentPlace | null): boolean {
    if (this.place) return true;
    let start: SegmentPlace | null = null;
    let isRemembered = false;
    visitLines(this.path, 0, (line, nextOffset) => {
      this.writer = writerOf(line);
      start = { position: 0, offset: nextOffset };
      return false;
    });
    if (!start) return false;
    // A remembered place that does not follow a line feed is from another file: the ledger knows better.
    if (remembered && remembered.offset > 1) {
      visitLines(this.path, remembered.offset - 1, (line) => {
        isRemembered = line.length === 0;
        return false;
      });
    }
    this.place = isRemembered ? remembered : start;
    return true;
  }

  /** Whether all bytes of the file are acknowledged. */
  isShipped(): boolean {
    return this.place !== null && this.place.offset >= statSync(this.path).size;
  }

  /** Notices that the writer closed the file since the last look. */
  wasClosedMeanwhile(): boolean {
    if (this.isClosed) return false;
    this.isClosed = true;
    return existsSync(this.path);
  }

  build(finished: readonly string[]): BuiltBatch | null {
    return this.place && buildBatch(this.path, this.id, this.place, finished);
  }

  /** Goes to where the controller says that the stream stands. False when the file does not reach so far (yet). */
  moveTo(position: number): boolean {
    if (!this.place) return false;
    let start: SegmentPlace = this.place;
    if (position < this.place.position) {
      visitLines(this.path, 0, (_line, nextOffset) => {
        start = { position: 0, offset: nextOffset };
        return false;
      });
    }
    const found = findPlace(this.path, start, position);
    if (found) this.place = found;
    return found !== null;
  }

  /** Whether the writer is gone; what it wrote last is there then. */
  isAbandoned(bootId: string): boolean {
    if (this.isClosed) return false;
    if (!this.writer) return Date.now() - statSync(this.path).mtimeMs > HEADERLESS_MS;
    return this.writer.bootId !== bootId || startTicksOf(this.writer.pid) !== this.writer.startTicks;
  }

  /** Closes the file in place of its writer. */
  close(): void {
    const open = this.path;
    this.isClosed = true;
    renameSync(open, this.path);
  }
}

function writerOf(line: Buffer): { bootId: string; pid: number; startTicks: number } | null {
  try {
    const parsed = segmentHeaderSchema.safeParse(JSON.parse(line.toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    // No header that we know: the records are shipped all the same.
    return null;
  }
}
