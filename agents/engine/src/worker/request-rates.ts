import { isIPv6 } from 'node:net';

/** Sources that are told apart at once, at least; who was not seen for the longest is forgotten first. */
const SOURCES = 20_000;
/** So many seconds' worth of requests may come at once. */
const BURST_SECONDS = 2;

interface Bucket {
  tokens: number;
  /** When it was last filled, ms. */
  at: number;
}

/** Token buckets of an application's sources at one worker: a worker counts the requests that it gets itself. */
export class RequestRates {
  readonly #perMs: number;
  readonly #most: number;
  #recent = new Map<string, Bucket>();
  #older = new Map<string, Bucket>();

  constructor(perSecond: number) {
    this.#perMs = perSecond / 1000;
    this.#most = perSecond * BURST_SECONDS;
  }

  /** Counts a request of a source at a moment (ms, monotonic); true when it is above the rate. */
  isAbove(address: string, now: number): boolean {
    const source = isIPv6(address) ? networkOf(address) : address;
    const bucket = this.#bucketOf(source, now);
    bucket.tokens = Math.min(this.#most, bucket.tokens + (now - bucket.at) * this.#perMs);
    bucket.at = now;
    if (bucket.tokens < 1) return true;
    bucket.tokens--;
    return false;
  }

  #bucketOf(source: string, now: number): Bucket {
    let bucket = this.#recent.get(source);
    if (bucket) return bucket;
    bucket = this.#older.get(source) ?? { tokens: this.#most, at: now };
    if (this.#recent.size >= SOURCES) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(source, bucket);
    return bucket;
  }
}

/** Whoever has one IPv6 address has all of its /64. */
function networkOf(address: string): string {
  const [left = '', right] = address.split('::');
  const before = left.split(':');
  if (right === undefined || before.length >= 4) return before.slice(0, 4).join(':');
  const after = right === '' ? [] : right.split(':');
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}
