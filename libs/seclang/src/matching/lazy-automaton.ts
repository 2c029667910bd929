import { type LanePair, scanPair } from './lane-pair.js';
import type { Program } from './program.js';
import { Simulation } from './simulation.js';
import { ACCEPT, ACCEPT_BEFORE, FULL, StateCache, UNKNOWN } from './state-cache.js';
import { STEP, SubsetConstruction } from './subset-construction.js';

/** A full cache is emptied if each of its states has served this many bytes; else the rest of the text is followed without it. */
const BYTES_PER_STATE = 16;
/** From this length on a text is read in two halves at once. */
const LONG_TEXT = 128;
/** So often it is asked whether a thread of the first half is still under way in the second. */
const CROSSING_BYTES = 32;

/** Where a scan stopped. */
interface Cursor {
  position: number;
  state: number;
}

/** What `scan` gives at the end of the text. */
const END = 0;
/** What `advance` gives beside the end of a match, and FULL. */
const NO_MATCH = -1;
const GOES_ON = -2;

/**
 * Finds whether a pattern matches anywhere in a text, and where the first match ends, in time linear in the text: a deterministic
 * automaton whose states are made when first reached and kept for the texts to come, in bounded memory. Where a text needs ever new
 * states, its rest is followed set by set.
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
  readonly #pair: LanePair = { position: 0, first: 0, second: 0 };

  constructor(program: Program) {
    this.#construction = new SubsetConstruction(program);
    this.#cache = new StateCache(this.#construction, false);
    this.#classOf = this.#construction.classes.classOf;
    this.#end = this.#construction.stride - 1;
  }

  /** Where the first match ends, or -1. For short texts and programs without look-around. */
  firstEnd(text: string): number {
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
        if (target < 0) return endOf(target, i);
        next = cache.next;
      }
      state = target;
    }
    this.#served += text.length;
    return this.#endsIn(state, this.#end, text.length);
  }

  /** The same for long texts; `looks` tells which look-arounds of the program hold at each position (null: it has none). */
  firstEndIn(bytes: Uint8Array, length: number, looks: Uint8Array | null): number {
    if (looks !== null) return this.#follow(bytes, length, 0, 0, looks);
    if (length >= LONG_TEXT && this.#construction.canBegin) return this.#inTwoLanes(bytes, length);
    return this.#from(bytes, length, 0, 0);
  }

  /** From a position on, at which the automaton stands in some state. */
  #from(bytes: Uint8Array, length: number, position: number, state: number): number {
    const cursor = this.#cursor;
    cursor.position = position;
    cursor.state = state;
    const end = this.#advance(bytes, length);
    if (end === FULL) return this.#follow(bytes, length, cursor.position, cursor.state, null);
    if (end !== GOES_ON) return end;
    this.#served += length - position;
    return this.#endsIn(cursor.state, this.#end, length);
  }

  /** Moves the cursor up to a position: GOES_ON, unless a match ended before it, or none can any more (NO_MATCH), or the cache is FULL. */
  #advance(bytes: Uint8Array, until: number): number {
    const cache = this.#cache;
    const cursor = this.#cursor;
    for (;;) {
      let target = scan(cache.next, this.#classOf, bytes, until, cursor);
      if (target === END) return GOES_ON;
      const { position, state } = cursor;
      if (target === UNKNOWN) target = cache.make(state, this.#classOf[bytes[position]!]!);
      if (target === FULL) return FULL;
      if (target < 0) return endOf(target, position);
      cursor.position++;
      cursor.state = target;
    }
  }

  /**
   * Both halves at once. The second is begun as if nothing were under way there; what is, is then followed from the end of the first
   * half until all of it has come to its end.
   */
  #inTwoLanes(bytes: Uint8Array, length: number): number {
    const cache = this.#cache;
    const pair = this.#pair;
    const half = length >> 1;
    this.#construction.rest(bytes[half - 1]!);
    const rest = cache.intern();
    if (rest === FULL) return this.#from(bytes, length, 0, 0);
    pair.position = 0;
    pair.first = 0;
    pair.second = rest;
    let lateEnd = NO_MATCH;
    while (lateEnd === NO_MATCH && scanPair(cache.next, this.#classOf, bytes, half, pair)) {
      const { position } = pair;
      const first = this.#step(pair.first, bytes[position]!);
      const second = this.#step(pair.second, bytes[half + position]!);
      if (first === FULL || second === FULL) return this.#from(bytes, length, 0, 0);
      if (first < 0) return endOf(first, position);
      if (second < 0) lateEnd = endOf(second, half + position);
      pair.position++;
      pair.first = first;
      pair.second = second;
    }
    const cursor = this.#cursor;
    cursor.position = pair.position;
    cursor.state = pair.first;
    let end = this.#advance(bytes, half);
    if (cursor.state !== rest) end = this.#cross(bytes, length, end);
    if (end === FULL) return this.#from(bytes, length, 0, 0);
    if (end !== GOES_ON) return end;
    if (cursor.position === length) return this.#endsIn(cursor.state, this.#end, length);
    if (lateEnd !== NO_MATCH) return lateEnd;
    this.#served += half * 2;
    return this.#from(bytes, length, half * 2, pair.second);
  }

  /** Moves the cursor on from the end of the first half, until nothing is under way any more. */
  #cross(bytes: Uint8Array, length: number, before: number): number {
    const cursor = this.#cursor;
    let end = before;
    while (end === GOES_ON && cursor.position < length && !this.#cache.isRest(cursor.state))
      end = this.#advance(bytes, Math.min(length, cursor.position + CROSSING_BYTES));
    return end;
  }

  #step(state: number, byte: number): number {
    const symbol = this.#classOf[byte]!;
    const target = this.#cache.next[state + symbol]!;
    return target === UNKNOWN ? this.#cache.make(state, symbol) : target;
  }

  /** The same with look-arounds, and with a cache that may be full, from byte `from` on. */
  #follow(bytes: Uint8Array, length: number, from: number, first: number, looks: Uint8Array | null): number {
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
      if (target < 0) return endOf(target, i);
      state = target;
      this.#served++;
    }
    return this.#endsIn(state, this.#end + (looks === null ? 0 : looks[length]! * stride), length);
  }

  #simulate(bytes: Uint8Array, length: number, from: number, state: number, looks: Uint8Array | null): number {
    const { stride } = this.#construction;
    const simulation = new Simulation(this.#construction, this.#cache.configuration(state));
    for (let i = from; i < length; i++) {
      const flags = simulation.step(this.#classOf[bytes[i]!]! + (looks === null ? 0 : looks[i]! * stride));
      if (flags !== 0) return (flags & STEP.matchedHere) === 0 ? i + 1 : i;
      if (simulation.isDead) return NO_MATCH;
    }
    this.#served += length - from;
    return simulation.step(this.#end + (looks === null ? 0 : looks[length]! * stride)) === 0 ? NO_MATCH : length;
  }

  /** The text's `length` where its end completes a match, or -1. */
  #endsIn(state: number, symbol: number, length: number): number {
    let target = this.#cache.next[state + symbol]!;
    if (target === UNKNOWN) target = this.#cache.make(state, symbol);
    if (target !== FULL) return endOf(target, length) < 0 ? NO_MATCH : length;
    return new Simulation(this.#construction, this.#cache.configuration(state)).step(symbol) === 0 ? NO_MATCH : length;
  }
}

/** Where the match ends that a transition over the byte at a position completes, or -1. */
function endOf(target: number, position: number): number {
  if (target === ACCEPT) return position + 1;
  return target === ACCEPT_BEFORE ? position : NO_MATCH;
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
