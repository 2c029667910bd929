import type { Program } from './program.js';
import { Simulation } from './simulation.js';
import { ACCEPT, FULL, StateCache, UNKNOWN } from './state-cache.js';
import { SubsetConstruction } from './subset-construction.js';

/** A full cache is emptied if each of its states has served this many bytes; else the rest of the text is followed without it. */
const BYTES_PER_STATE = 16;

/** Where a scan stopped. */
interface Cursor {
  position: number;
  state: number;
}

/** What `scan` gives at the end of the text. */
const END = 0;

/**
 * Decides whether a pattern matches anywhere in a text, in time linear in the text: a deterministic automaton whose states are made
 * when first reached and kept for the texts to come, in bounded memory. Where a text needs ever new states, its rest is followed set by
 * set.
 */
export class LazyAutomaton {
  readonly #construction: SubsetConstruction;
  readonly #cache: StateCache;
  readonly #classOf: Uint8Array;
  /** Symbol of the end. */
  readonly #end: number;
  /** Bytes read since the cache was last emptied. */
  #served = 0;

  readonly #cursor: Cursor = { position: 0, state: 0 };

  constructor(program: Program) {
    this.#construction = new SubsetConstruction(program);
    this.#cache = new StateCache(this.#construction, false);
    this.#classOf = this.#construction.classes.classOf;
    this.#end = this.#construction.stride - 1;
  }

  /** For short texts and programs without look-around. */
  test(text: string): boolean {
    const classOf = this.#classOf;
    const cache = this.#cache;
    let { next } = cache;
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      const symbol = classOf[text.charCodeAt(i) & 0xff]!;
      let target = next[state + symbol]!;
      if (target < 0) {
        if (target === UNKNOWN) target = cache.make(state, symbol);
        if (target === FULL) return this.#follow(Buffer.from(text, 'latin1'), text.length, i, state, null);
        if (target < 0) return target === ACCEPT;
        next = cache.next;
      }
      state = target;
    }
    this.#served += text.length;
    return this.#endsIn(state, this.#end);
  }

  /** For long texts; `looks` tells which look-arounds of the program hold at each position (null: it has none). */
  testBytes(bytes: Uint8Array, length: number, looks: Uint8Array | null): boolean {
    if (looks !== null) return this.#follow(bytes, length, 0, 0, looks);
    const cache = this.#cache;
    const cursor = this.#cursor;
    cursor.position = 0;
    cursor.state = 0;
    for (;;) {
      let target = scan(cache.next, this.#classOf, bytes, length, cursor);
      if (target === END) break;
      const { position, state } = cursor;
      if (target === UNKNOWN) target = cache.make(state, this.#classOf[bytes[position]!]!);
      if (target === FULL) return this.#follow(bytes, length, position, state, null);
      if (target < 0) return target === ACCEPT;
      cursor.position++;
      cursor.state = target;
    }
    this.#served += length;
    return this.#endsIn(cursor.state, this.#end);
  }

  /** The same with look-arounds, and with a cache that may be full, from byte `from` on. */
  #follow(bytes: Uint8Array, length: number, from: number, first: number, looks: Uint8Array | null): boolean {
    const cache = this.#cache;
    const { stride } = this.#construction;
    let state = first;
    for (let i = from; i < length; i++) {
      const symbol = this.#classOf[bytes[i]!]! + (looks === null ? 0 : looks[i]! * stride);
      let target = cache.next[state + symbol]!;
      if (target === UNKNOWN) target = cache.make(state, symbol);
      if (target === FULL) {
        if (this.#served < cache.count * BYTES_PER_STATE) return this.#simulate(bytes, length, i, state, looks);
        state = cache.restartFrom(state);
        this.#served = 0;
        target = cache.make(state, symbol);
      }
      if (target < 0) return target === ACCEPT;
      state = target;
      this.#served++;
    }
    return this.#endsIn(state, this.#end + (looks === null ? 0 : looks[length]! * stride));
  }

  #simulate(bytes: Uint8Array, length: number, from: number, state: number, looks: Uint8Array | null): boolean {
    const { stride } = this.#construction;
    const simulation = new Simulation(this.#construction, this.#cache.configuration(state));
    for (let i = from; i < length; i++) {
      if (simulation.step(this.#classOf[bytes[i]!]! + (looks === null ? 0 : looks[i]! * stride)) !== 0) return true;
      if (simulation.isDead) return false;
    }
    this.#served += length - from;
    return simulation.step(this.#end + (looks === null ? 0 : looks[length]! * stride)) !== 0;
  }

  #endsIn(state: number, symbol: number): boolean {
    let target = this.#cache.next[state + symbol]!;
    if (target === UNKNOWN) target = this.#cache.make(state, symbol);
    if (target !== FULL) return target === ACCEPT;
    return new Simulation(this.#construction, this.#cache.configuration(state)).step(symbol) !== 0;
  }
}

/** The inner loop, kept apart so that nothing in it can change under it: follows known transitions up to one that is none. */
function scan(next: Int32Array, classOf: Uint8Array, bytes: Uint8Array, length: number, cursor: Cursor): number {
  let { state } = cursor;
  for (let i = cursor.position; i < length; i++) {
    const target = next[state + classOf[bytes[i]!]!]!;
    if (target < 0) {
      cursor.position = i;
      cursor.state = state;
      return target;
    }
    state = target;
  }
  cursor.position = length;
  cursor.state = state;
  return END;
}
