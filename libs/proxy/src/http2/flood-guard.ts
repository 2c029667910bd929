/** How much of something a peer may do: so many at once, then so many per second. */
interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

/** A bucket that leaks. */
class Bucket {
  readonly #allowance: Allowance;
  #level = 0;
  #at = performance.now();

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
  }

  /** False when there is more in it than it holds. */
  add(amount: number): boolean {
    const now = performance.now();
    this.#level = Math.max(0, this.#level - ((now - this.#at) / 1000) * this.#allowance.perSecond) + amount;
    this.#at = now;
    return this.#level <= this.#allowance.burst;
  }
}

/** What a peer floods with, as a stable word for logs. */
export type Flood = 'http2-reset-flood' | 'http2-control-flood' | 'http2-overhead-flood';

/** Limits of one HTTP/2 connection. */
export interface FloodLimits {
  readonly http2ResetsPerSecond: number;
  readonly http2ControlFramesPerSecond: number;
  readonly http2OverheadBytesPerSecond: number;
}

/** How many seconds' worth may come at once. */
const BURST_SECONDS = 10;
/** A stream may bring a header block and a first window of data that nobody has asked for yet; bytes. */
const BYTES_PER_STREAM = 131_072;
const MAX_ALLOWED_BYTES = 128 * BYTES_PER_STREAM;

/**
 * Counts what costs a peer nothing and us something (CVE-2023-44487 rapid reset, CVE-2019-9511 to 9518 floods, CVE-2025-8671 made resets): streams
 * given up before their answer, PING and SETTINGS frames, and bytes that are neither bodies nor belong to a stream's beginning.
 */
export class FloodGuard {
  readonly #resets: Bucket;
  readonly #controls: Bucket;
  readonly #overhead: Bucket;
  #counted = 0;
  #dataBytes = 0;
  #allowed = 0;
  #flood: Flood | null = null;

  constructor({ http2ResetsPerSecond, http2ControlFramesPerSecond, http2OverheadBytesPerSecond }: FloodLimits) {
    const bucket = (perSecond: number): Bucket => new Bucket({ burst: perSecond * BURST_SECONDS, perSecond });
    this.#resets = bucket(http2ResetsPerSecond);
    this.#controls = bucket(http2ControlFramesPerSecond);
    this.#overhead = bucket(http2OverheadBytesPerSecond);
  }

  /** The first limit that was passed; it stays. */
  get flood(): Flood | null {
    return this.#flood;
  }

  onStream(): void {
    this.#allow(BYTES_PER_STREAM);
  }

  /** Data pays for its own frames, unless these are nearly empty. */
  onData(bytes: number): void {
    this.#dataBytes += bytes;
    this.#allow(bytes);
  }

  onReset(): void {
    if (!this.#resets.add(1)) this.#flood ??= 'http2-reset-flood';
  }

  onControlFrame(): void {
    if (!this.#controls.add(1)) this.#flood ??= 'http2-control-flood';
  }

  /** `bytesRead` are all bytes of the connection so far. */
  onBytes(bytesRead: number): void {
    const fresh = bytesRead - this.#counted - this.#dataBytes;
    this.#counted = bytesRead - this.#dataBytes;
    const excess = fresh - this.#allowed;
    this.#allowed = 0;
    if (excess < 0) this.#allow(-excess);
    else if (!this.#overhead.add(excess)) this.#flood ??= 'http2-overhead-flood';
  }

  #allow(bytes: number): void {
    this.#allowed = Math.min(this.#allowed + bytes, MAX_ALLOWED_BYTES);
  }
}
