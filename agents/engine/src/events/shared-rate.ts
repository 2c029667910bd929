import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';

const SLOT_BYTES = 8;
const SLOTS = 1024;

/**
 * How many refusals there were in this second on the whole box: each worker has a slot (second, count) in one small file that all
 * of them read. It lives in the page cache, so a look costs two system calls and no round trip, and it works on a full disk.
 */
export class SharedRate {
  readonly #fd: number | null;
  readonly #slot: number;
  readonly #own = Buffer.alloc(SLOT_BYTES);
  readonly #all: Buffer;
  #second = 0;
  #count = 0;

  /** `path` is made where it isn't there; `slot` is this worker's number of `workers`. Where the file can't be made, each worker counts alone. */
  constructor(path: string, slot: number, workers: number) {
    this.#slot = slot;
    this.#all = Buffer.alloc(SLOT_BYTES * Math.min(workers, SLOTS));
    this.#fd = openShared(path);
  }

  /** Counts one refusal in a second (epoch) and returns the box's number in it, this one included. */
  count(second: number): number {
    if (second !== this.#second) {
      this.#second = second;
      this.#count = 0;
    }
    this.#count++;
    if (this.#fd === null) return this.#count;
    this.#own.writeUInt32LE(second, 0);
    this.#own.writeUInt32LE(this.#count, 4);
    try {
      writeSync(this.#fd, this.#own, 0, SLOT_BYTES, this.#slot * SLOT_BYTES);
      readSync(this.#fd, this.#all, 0, this.#all.length, 0);
    } catch {
      // A failing disk: what this worker knows by itself is what is left.
      return this.#count;
    }
    return this.#sum(second);
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
  }

  #sum(second: number): number {
    let sum = 0;
    for (let at = 0; at < this.#all.length; at += SLOT_BYTES) {
      if (at === this.#slot * SLOT_BYTES) sum += this.#count;
      else if (this.#all.readUInt32LE(at) === second) sum += this.#all.readUInt32LE(at + 4);
    }
    return sum;
  }
}

function openShared(path: string): number | null {
  try {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    // All of it is written once, so that its blocks are taken. Slots of others that count just now lose at most a second's count.
    if (readSync(fd, Buffer.alloc(1), 0, 1, SLOTS * SLOT_BYTES - 1) === 0)
      writeSync(fd, Buffer.alloc(SLOTS * SLOT_BYTES), 0, SLOTS * SLOT_BYTES, 0);
    return fd;
  } catch {
    return null;
  }
}
