import { BEFORE, STEP, type Configuration, type SubsetConstruction } from './subset-construction.js';
import { stateMemory } from './state-memory.js';

/** What stands in a cell of the transition table that is no state. */
export const UNKNOWN = -1;
/** A match ends behind the symbol, or before it. */
export const ACCEPT = -2;
export const ACCEPT_BEFORE = -5;
const DEAD = -3;
/** The cache is full: the transition was not kept. */
export const FULL = -4;

/** Bytes that the states of one automaton may take. */
const MAX_BYTES = 3 << 20;
const FIRST_STATES = 8;

/**
 * The states of a deterministic automaton, made when first reached. A state is named by the offset of its row in `next`; with
 * `isMarking` the name is doubled, and its lowest bit says that a match ends where the symbol was read.
 */
export class StateCache {
  /** `next[state + symbol]`: a state, or one of the constants above. */
  next: Int32Array;
  /** States made since the cache was last emptied. */
  count = 0;
  readonly #construction: SubsetConstruction;
  readonly #isMarking: boolean;
  #members: Int32Array;
  #memberCount = 0;
  /** By state number: where its members begin (one entry more for the end), what stands before it, its hash. */
  #memberAt: Int32Array;
  #before: Uint8Array;
  #hashes: Int32Array;
  /** Open addressing: state number plus one. */
  #slots: Int32Array;

  constructor(construction: SubsetConstruction, isMarking: boolean) {
    this.#construction = construction;
    this.#isMarking = isMarking;
    this.next = new Int32Array(0);
    this.#members = new Int32Array(0);
    this.#memberAt = new Int32Array(1);
    this.#before = new Uint8Array(0);
    this.#hashes = new Int32Array(0);
    this.#slots = new Int32Array(0);
    this.clear();
    stateMemory.register(this);
  }

  /** Bytes of memory held. */
  get size(): number {
    return (this.next.length + this.#members.length + this.#slots.length + this.#memberAt.length * 3) * 4;
  }

  /** Forgets all states but the initial one, which is number 0, and gives memory back. */
  clear(): void {
    const { symbolCount } = this.#construction;
    this.next = new Int32Array(FIRST_STATES * symbolCount);
    this.#members = new Int32Array(64);
    this.#memberAt = new Int32Array(FIRST_STATES + 1);
    this.#before = new Uint8Array(FIRST_STATES);
    this.#hashes = new Int32Array(FIRST_STATES);
    this.#slots = new Int32Array(FIRST_STATES * 4);
    this.#memberCount = 0;
    this.next.fill(UNKNOWN, 0, symbolCount);
    this.count = 1;
    this.#slots[this.#slotOf(0, BEFORE.start)] = 1;
  }

  /** Works out where a symbol leads from a state, and keeps it. */
  make(state: number, symbol: number): number {
    const flags = this.#stepFrom(state, symbol);
    const target = this.#target(flags);
    if (target !== FULL) this.next[state + symbol] = target;
    return target;
  }

  /** Takes the step without keeping anything: the result is in the construction. Gives the STEP flags. */
  #stepFrom(state: number, symbol: number): number {
    const number = state / this.#construction.symbolCount;
    return this.#construction.step(this.#members, this.#memberAt[number]!, this.#memberAt[number + 1]!, this.#before[number]!, symbol);
  }

  /** The state of the construction's result, or FULL. */
  intern(): number {
    const { hash, before, symbolCount } = this.#construction;
    const mask = this.#slots.length - 1;
    let slot = this.#slotOf(hash, before);
    for (let entry = this.#slots[slot]!; entry !== 0; entry = this.#slots[slot]!) {
      const number = entry - 1;
      const isSame =
        this.#hashes[number] === hash &&
        this.#before[number] === before &&
        this.#construction.equals(this.#members, this.#memberAt[number]!, this.#memberAt[number + 1]!);
      if (isSame) return number * symbolCount;
      slot = (slot + 1) & mask;
    }
    if (this.size > MAX_BYTES) return FULL;
    const number = this.#append(this.#construction.members, this.#construction.count, before, hash);
    this.#slots[slot] = number + 1;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    return number * symbolCount;
  }

  /** Whether no thread is under way in a state, but for those that begin right there. */
  isRest(state: number): boolean {
    const number = state / this.#construction.symbolCount;
    return this.#memberAt[number] === this.#memberAt[number + 1];
  }

  /** The members of a state, and what stands before it. */
  configuration(state: number): Configuration {
    const number = state / this.#construction.symbolCount;
    return { members: this.#members.slice(this.#memberAt[number], this.#memberAt[number + 1]), before: this.#before[number]! };
  }

  /** Forgets all states but the initial one and the given one, whose new name comes back. */
  restartFrom(state: number): number {
    const { members, before } = this.configuration(state);
    const hash = this.#hashes[state / this.#construction.symbolCount]!;
    this.clear();
    if (state === 0) return 0;
    const number = this.#append(members, members.length, before, hash);
    const mask = this.#slots.length - 1;
    let slot = this.#slotOf(hash, before);
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number + 1;
    return number * this.#construction.symbolCount;
  }

  #target(flags: number): number {
    if (!this.#isMarking) {
      if (flags !== 0) return (flags & STEP.matchedHere) === 0 ? ACCEPT : ACCEPT_BEFORE;
      if (this.#construction.isDead()) return DEAD;
    }
    const state = this.intern();
    if (state < 0 || !this.#isMarking) return state;
    return state * 2 + ((flags & STEP.matchedHere) === 0 ? 0 : 1);
  }

  #append(members: Int32Array, count: number, before: number, hash: number): number {
    const { symbolCount } = this.#construction;
    const number = this.count++;
    if (this.count * symbolCount > this.next.length) this.#growRows();
    while (this.#memberCount + count > this.#members.length) this.#members = grown(this.#members, this.#members.length * 2);
    this.#members.set(members.subarray(0, count), this.#memberCount);
    this.#memberCount += count;
    this.#memberAt[number + 1] = this.#memberCount;
    this.#before[number] = before;
    this.#hashes[number] = hash;
    this.next.fill(UNKNOWN, number * symbolCount, this.count * symbolCount);
    return number;
  }

  #growRows(): void {
    const states = this.#hashes.length * 2;
    stateMemory.grew(this, this.next.length * 4);
    this.next = grown(this.next, states * this.#construction.symbolCount);
    this.#memberAt = grown(this.#memberAt, states + 1);
    this.#hashes = grown(this.#hashes, states);
    const before = new Uint8Array(states);
    before.set(this.#before);
    this.#before = before;
  }

  #slotOf(hash: number, before: number): number {
    const key = Math.imul(hash ^ before, 0x85ebca6b);
    return (key ^ (key >>> 15)) & (this.#slots.length - 1);
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      let slot = this.#slotOf(this.#hashes[number]!, this.#before[number]!);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number + 1;
    }
  }
}

function grown(array: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
