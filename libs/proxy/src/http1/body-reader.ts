import { BodyPace } from '../body-pace.js';
import { UNKNOWN_LENGTH } from '../request-record.js';
import { ChunkedDecoder } from './chunked-decoder.js';
import type { HttpFault } from './fault.js';

/** Takes a request body off a connection, by length or by chunks (RFC 9112 6.3), and watches that it comes fast enough. */
export class BodyReader {
  readonly #decoder: ChunkedDecoder | null;
  readonly #pace = new BodyPace();
  #remaining: number;

  /** `bodyLength` is positive or `UNKNOWN_LENGTH` (chunked). */
  constructor(bodyLength: number) {
    this.#decoder = bodyLength === UNKNOWN_LENGTH ? new ChunkedDecoder() : null;
    this.#remaining = bodyLength;
  }

  get isDone(): boolean {
    return this.#decoder === null ? this.#remaining === 0 : this.#decoder.isDone;
  }

  get fault(): HttpFault | null {
    return this.#decoder?.fault ?? null;
  }

  /** From now on the client is waited for: time during which it was held back doesn't count. */
  startClock(): void {
    this.#pace.start();
  }

  /** Less than `minBytesPerSecond` on average, after `graceMs`. */
  isTooSlow(graceMs: number, minBytesPerSecond: number): boolean {
    return this.#pace.isTooSlow(graceMs, minBytesPerSecond);
  }

  /** Gives what belongs to the body to `onPiece` (views on `bytes`); returns how many bytes were used. */
  push(bytes: Buffer, onPiece: (piece: Buffer) => void): number {
    this.#pace.add(bytes.length);
    if (this.#decoder !== null) return this.#decoder.push(bytes, 0, onPiece);
    const used = Math.min(bytes.length, this.#remaining);
    this.#remaining -= used;
    if (used > 0) onPiece(used === bytes.length ? bytes : bytes.subarray(0, used));
    return used;
  }
}
