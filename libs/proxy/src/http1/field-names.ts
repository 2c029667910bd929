import { detached } from '@phalanx/kit';

/** A power of two. */
const SLOTS = 512;
/** Longer names are too seldom the same twice. */
const MAX_LENGTH = 64;

/**
 * Names of fields that came before, so that one that comes again is the same string: neither cut out anew nor hashed anew by whoever looks
 * it up. A name takes its slot when it has missed there twice in a row.
 */
class FieldNames {
  readonly #names: string[] = new Array<string>(SLOTS).fill('');
  readonly #missed = new Int32Array(SLOTS);

  /** The name from `start` to `end`, which is not empty; `text` is the bytes as latin1. */
  at(bytes: Uint8Array, text: string, start: number, end: number): string {
    const length = end - start;
    const mark = (length << 24) | (bytes[start]! << 16) | (bytes[start + (length >> 1)]! << 8) | bytes[end - 1]!;
    const slot = (Math.imul(mark, 0x9e3779b1) >>> 16) & (SLOTS - 1);
    const known = this.#names[slot]!;
    return known.length === length && standsAt(known, bytes, start) ? known : this.#miss(text.substring(start, end), mark, slot);
  }

  #miss(name: string, mark: number, slot: number): string {
    if (name.length > MAX_LENGTH) return name;
    const isSecond = this.#missed[slot] === mark;
    this.#missed[slot] = mark;
    return isSecond ? (this.#names[slot] = detached(name)) : name;
  }
}

function standsAt(name: string, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < name.length; at++) if (name.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}

/** Of this process. */
export const fieldNames = new FieldNames();
