import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EMPTY = Buffer.alloc(0);
const READ_BYTES = 65_536;
/** Smaller pieces are copied together: each of them as an object of its own would weigh many times its bytes. */
const SMALL_BYTES = 4_096;
const TAIL_BYTES = 16_384;

/**
 * A body that waits for its verdict: in memory up to a limit, then in a temporary file that has no name (it vanishes with the process).
 * It can be read any number of times, so that a request can be sent again over another connection. Throws the system's error when the disk is full.
 */
export class BodyStore {
  readonly #memoryBytes: number;
  readonly #folder: string;
  #pieces: Buffer[] = [];
  /** Where small pieces gather; its first `#tailUsed` bytes come after `#pieces`. */
  #tail: Buffer = EMPTY;
  #tailUsed = 0;
  #held = 0;
  #size = 0;
  #fd = -1;
  #spilled = 0;
  #readAt = 0;

  constructor(memoryBytes: number, folder: string = tmpdir()) {
    this.#memoryBytes = memoryBytes;
    this.#folder = folder;
  }

  /** Bytes stored so far. */
  get size(): number {
    return this.#size;
  }

  get isSpilled(): boolean {
    return this.#fd !== -1;
  }

  push(piece: Buffer): void {
    if (this.#size > 0 && piece.length < SMALL_BYTES) this.#gather(piece);
    else {
      this.#closeTail();
      this.#pieces.push(piece);
    }
    this.#held += piece.length;
    this.#size += piece.length;
    if (this.#held > this.#memoryBytes) this.#spill();
  }

  /** The first `limit` bytes as one buffer. */
  first(limit: number): Buffer {
    const length = Math.min(limit, this.#size);
    if (length === 0) return EMPTY;
    if (this.#fd === -1) return this.#joined().subarray(0, length);
    const whole = Buffer.allocUnsafeSlow(length);
    const fromFile = Math.min(length, this.#spilled);
    this.#readFile(whole, 0, 0, fromFile);
    if (fromFile < length) this.#joined().copy(whole, fromFile, 0, length - fromFile);
    return whole;
  }

  /** The next piece to send, or null at the end. */
  next(): Buffer | null {
    if (this.#readAt >= this.#size) return null;
    if (this.#readAt >= this.#spilled) {
      const piece = this.#joined().subarray(this.#readAt - this.#spilled);
      this.#readAt = this.#size;
      return piece;
    }
    const length = Math.min(READ_BYTES, this.#spilled - this.#readAt);
    const piece = Buffer.allocUnsafe(length);
    this.#readFile(piece, 0, this.#readAt, length);
    this.#readAt += length;
    return piece;
  }

  /** Begins again from the first byte. */
  rewind(): void {
    this.#readAt = 0;
  }

  /** Frees memory and file. */
  close(): void {
    this.#pieces = [];
    this.#tail = EMPTY;
    this.#tailUsed = 0;
    if (this.#fd !== -1) closeSync(this.#fd);
    this.#fd = -1;
  }

  #gather(piece: Buffer): void {
    if (this.#tailUsed + piece.length > this.#tail.length) {
      this.#closeTail();
      this.#tail = Buffer.allocUnsafeSlow(TAIL_BYTES);
    }
    piece.copy(this.#tail, this.#tailUsed);
    this.#tailUsed += piece.length;
  }

  /** What was gathered is a piece; the rest of the room stays unused, since pieces that were handed out are never written again. */
  #closeTail(): void {
    if (this.#tailUsed > 0) this.#pieces.push(this.#tail.subarray(0, this.#tailUsed));
    this.#tail = EMPTY;
    this.#tailUsed = 0;
  }

  #joined(): Buffer {
    this.#closeTail();
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0] ?? EMPTY;
  }

  #spill(): void {
    if (this.#fd === -1) {
      const path = join(this.#folder, `.body-${randomBytes(12).toString('hex')}`);
      this.#fd = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
    }
    const bytes = this.#joined();
    let written = 0;
    while (written < bytes.length) written += writeSync(this.#fd, bytes, written, bytes.length - written, this.#spilled + written);
    this.#spilled += written;
    this.#pieces = [];
    this.#held = 0;
  }

  #readFile(into: Buffer, offset: number, position: number, length: number): void {
    let done = 0;
    while (done < length) {
      const count = readSync(this.#fd, into, offset + done, length - done, position + done);
      if (count === 0) throw new Error('a spilled body became shorter');
      done += count;
    }
  }
}
