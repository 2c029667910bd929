import type { Program } from './program.js';
import { Simulation } from './simulation.js';
import { FULL, StateCache, UNKNOWN } from './state-cache.js';
import { STEP, SubsetConstruction, type Configuration } from './subset-construction.js';

/** A full cache is emptied if each of its states has served this many bytes; else the rest of the text is followed without it. */
const BYTES_PER_STATE = 16;

/** How an automaton reads. */
interface MarkingOptions {
  /** From the end to the start, with a reversed program: the ends of matches it finds are then where they begin. */
  readonly reverse?: boolean;
  /** No match begins but those in hand. */
  readonly closed?: boolean;
}

/** A text with the look-arounds that hold at each position (null where the program has none). */
export interface MarkedText {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly looks: Uint8Array | null;
}

/** Finds positions at which matches end, by an automaton whose states are made when first reached, in bounded memory. */
export class MarkingAutomaton {
  readonly #construction: SubsetConstruction;
  readonly #cache: StateCache;
  readonly #isReverse: boolean;
  readonly #isClosed: boolean;
  // Where the walk stands: a state of the cache, or a simulation when the cache is full.
  #state = 0;
  #simulation: Simulation | null = null;
  #served = 0;

  constructor(program: Program, { reverse = false, closed = false }: MarkingOptions = {}) {
    this.#construction = new SubsetConstruction(program, !closed);
    this.#cache = new StateCache(this.#construction, true);
    this.#isReverse = reverse;
    this.#isClosed = closed;
  }

  /** Flips `bit` in `into` at each position (0 to the length) where a match ends. */
  mark(text: MarkedText, into: Uint8Array, bit: number): void {
    this.#begin(null);
    const end = this.#isReverse ? -1 : text.length + 1;
    for (let position = this.#isReverse ? text.length : 0; ; position += this.#isReverse ? -1 : 1) {
      position = this.#skim(text, position);
      if (position === end) return;
      if (this.#step(this.#symbolAt(text, position))) into[position]! ^= bit;
    }
  }

  /** The first position, in the order of reading, at which a match ends; -1 when there is none. */
  first(text: MarkedText, from: number, configuration: Configuration): number {
    this.#begin(configuration);
    for (let position = from; !this.#isDead; position++) {
      position = this.#skim(text, position);
      if (position > text.length || this.#isDead) break;
      if (this.#step(this.#symbolAt(text, position))) return position;
    }
    return -1;
  }

  /** Read back from the position where a match ends: the leftmost at which it can begin. */
  leftmost(text: MarkedText, end: number): number {
    this.#construction.begin(end < text.length ? text.bytes[end]! : -1);
    this.#enterResult();
    let leftmost = -1;
    for (let position = end; !this.#isDead; position--) {
      position = this.#skim(text, position);
      if (position < 0 || this.#isDead) break;
      if (this.#step(this.#symbolAt(text, position))) leftmost = position;
    }
    return leftmost;
  }

  /** The threads that began before a position, there. */
  configurationAt(text: MarkedText, position: number): Configuration {
    this.#begin(null);
    const before = { ...text, length: position };
    for (let at = this.#skim(before, 0); at < position; at = this.#skim(before, at + 1)) this.#step(this.#symbolAt(text, at));
    return this.#simulation?.configuration ?? this.#cache.configuration(this.#state);
  }

  /** Whether no match can begin anywhere but at the start of the text. */
  get isAnchored(): boolean {
    return !this.#construction.canBegin;
  }

  get #isDead(): boolean {
    return this.#isClosed && (this.#simulation === null ? this.#state === 0 : this.#simulation.isDead);
  }

  #begin(configuration: Configuration | null): void {
    this.#state = 0;
    this.#simulation = null;
    if (configuration === null) return;
    this.#construction.load(configuration.members, configuration.before);
    this.#enterResult();
  }

  #enterResult(): void {
    this.#simulation = null;
    const state = this.#construction.isDead() ? 0 : this.#cache.intern();
    if (state !== FULL) {
      this.#state = state;
      return;
    }
    const { members, count, before } = this.#construction;
    this.#simulation = new Simulation(this.#construction, { members: members.slice(0, count), before });
  }

  /** The inner loop: follows known transitions over bytes from a position on, up to one where a match ends or that is not known. */
  #skim({ bytes, length, looks }: MarkedText, from: number): number {
    if (this.#simulation !== null || looks !== null) return from;
    const { next } = this.#cache;
    const { classOf } = this.#construction.classes;
    const toDead = this.#isClosed ? 0 : -1;
    let state = this.#state;
    let position = from;
    if (this.#isReverse) {
      for (; position > 0; position--) {
        const target = next[state + classOf[bytes[position - 1]!]!]!;
        if (target < 0 || (target & 1) === 1) break;
        state = target >> 1;
        if (state === toDead) break;
      }
    } else {
      for (; position < length; position++) {
        const target = next[state + classOf[bytes[position]!]!]!;
        if (target < 0 || (target & 1) === 1) break;
        state = target >> 1;
        if (state === toDead) break;
      }
    }
    this.#state = state;
    this.#served += Math.abs(position - from);
    return position;
  }

  #symbolAt({ bytes, length, looks }: MarkedText, position: number): number {
    const { classes, stride } = this.#construction;
    const isEnd = position === (this.#isReverse ? 0 : length);
    const byteClass = isEnd ? stride - 1 : classes.classOf[bytes[this.#isReverse ? position - 1 : position]!]!;
    return looks === null ? byteClass : byteClass + looks[position]! * stride;
  }

  /** Takes a symbol; whether a match ended before it. */
  #step(symbol: number): boolean {
    if (this.#simulation !== null) return (this.#simulation.step(symbol) & STEP.matchedHere) !== 0;
    const cache = this.#cache;
    let target = cache.next[this.#state + symbol]!;
    if (target === UNKNOWN) target = cache.make(this.#state, symbol);
    if (target === FULL && this.#served >= cache.count * BYTES_PER_STATE) {
      this.#state = cache.restartFrom(this.#state);
      this.#served = 0;
      target = cache.make(this.#state, symbol);
    }
    if (target === FULL) {
      this.#simulation = new Simulation(this.#construction, cache.configuration(this.#state));
      return (this.#simulation.step(symbol) & STEP.matchedHere) !== 0;
    }
    this.#served++;
    this.#state = target >> 1;
    return (target & 1) !== 0;
  }
}
