import { randomUUID } from 'node:crypto';
import { close, closeSync, fdatasync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SEGMENT_CLOSED_SUFFIX, SEGMENT_OPEN_SUFFIX, type SegmentHeader } from '@phalanx/contracts';
import type { ProcessIdentity } from '../process-identity.js';

/** The first line of a segment file, with its line feed. */
export function segmentHeaderLine(stream: string, identity: ProcessIdentity, writer: string): string {
  const header: SegmentHeader = {
    version: 1,
    stream,
    openedAt: new Date().toISOString(),
    bootId: identity.bootId,
    pid: identity.pid,
    startTicks: identity.startTicks,
    writer,
  };
  return `${JSON.stringify(header)}\n`;
}

/**
 * One stream of records on disk, append-only. A line is either in the file whole (then it survives the death of the process) or
 * not at all: what a full disk cut off is truncated away. `sync` makes it survive a power cut too.
 */
export class SegmentFile {
  readonly stream = randomUUID();
  readonly openedAtMs = Date.now();
  readonly #fd: number;
  readonly #openPath: string;
  readonly #closedPath: string;
  #bytes = 0;
  #records = 0;
  #isDirty = true;
  #isSyncing = false;
  #isTorn = false;
  #afterSync: (() => void) | null = null;

  /** Makes `<folder>/<stream>.open` with its header. Throws the system's error, with nothing left behind. */
  constructor(folder: string, identity: ProcessIdentity, writer: string) {
    this.#openPath = join(folder, this.stream + SEGMENT_OPEN_SUFFIX);
    this.#closedPath = join(folder, this.stream + SEGMENT_CLOSED_SUFFIX);
    this.#fd = openSync(this.#openPath, 'ax', 0o600);
    try {
      this.#write(Buffer.from(segmentHeaderLine(this.stream, identity, writer)));
    } catch (error) {
      closeSync(this.#fd);
      rmSync(this.#openPath, { force: true });
      throw error;
    }
  }

  /** Bytes in the file. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Records after the header; the position of the next one. */
  get records(): number {
    return this.#records;
  }

  /** Appends one line (with its line feed) by one system call, and returns its position. Throws the system's error; then nothing was added. */
  append(line: Buffer): number {
    this.#write(line);
    return this.#records++;
  }

  /** Whether a broken last line could not be cut off: nothing may be appended any more. */
  get isTorn(): boolean {
    return this.#isTorn;
  }

  /** Asks the disk to keep what was written; runs beside the event loop. `done` gets the error, if there was one. */
  sync(done: (error: Error | null) => void): void {
    if (!this.#isDirty || this.#isSyncing) return;
    this.#isDirty = false;
    this.#isSyncing = true;
    fdatasync(this.#fd, (error) => {
      this.#isSyncing = false;
      done(error);
      this.#afterSync?.();
    });
  }

  /** Renames it to `.closed`, syncs what is left and lets go of it. Throws the system's error when it can't be renamed. */
  close(done: (error: Error | null) => void): void {
    renameSync(this.#openPath, this.#closedPath);
    const finish = (): void =>
      fdatasync(this.#fd, (error) => {
        close(this.#fd, () => done(error));
      });
    // The descriptor may go only after a sync that is under way.
    if (this.#isSyncing) this.#afterSync = finish;
    else finish();
  }

  #write(line: Buffer): void {
    let written = 0;
    try {
      while (written < line.length) written += writeSync(this.#fd, line, written);
    } catch (error) {
      if (written > 0) this.#cutOff();
      throw error;
    }
    this.#bytes += line.length;
    this.#isDirty = true;
  }

  #cutOff(): void {
    try {
      ftruncateSync(this.#fd, this.#bytes);
    } catch {
      // A reader ignores a last line without line feed, so the segment is good up to here.
      this.#isTorn = true;
    }
  }
}
