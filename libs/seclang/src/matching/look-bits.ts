import type { PatternNode } from '../pattern/pattern-node.js';
import { withoutLooseEnd, withoutLooseStart } from '../pattern/trim-pattern.js';
import { MarkingAutomaton } from './marking-automaton.js';
import type { Look } from './look-table.js';
import { compileProgram, type Program } from './program.js';

/** Works out where one look-around holds. */
type LookMarker = (bytes: Uint8Array, length: number, into: Uint8Array, bit: number) => void;

/**
 * Works out for all positions of a text which look-arounds of a program hold there: one pass per look-around, so that the program itself
 * can be decided by an automaton.
 */
export class LookBits {
  readonly #markers: readonly LookMarker[];
  readonly #initial: number;
  #bits: Uint8Array = new Uint8Array(256);

  private constructor(looks: readonly Look[], markers: readonly LookMarker[]) {
    this.#markers = markers;
    this.#initial = looks.reduce((bits, { negative }, index) => (negative ? bits | (1 << index) : bits), 0);
  }

  /** For the look-arounds of a program (at least one); null when one of them is too large. */
  static for({ looks }: Program): LookBits | null {
    const markers: LookMarker[] = [];
    for (const look of looks) {
      const marker = markerOf(look);
      if (marker === null) return null;
      markers.push(marker);
    }
    return new LookBits(looks, markers);
  }

  /** Bit `n` of entry `i`: look-around `n` holds at position `i` (0 to `length`). Valid until the next call. */
  of(bytes: Uint8Array, length: number): Uint8Array {
    if (this.#bits.length <= length) this.#bits = new Uint8Array(length * 2 + 1);
    const bits = this.#bits;
    bits.fill(this.#initial, 0, length + 1);
    this.#markers.forEach((mark, index) => mark(bytes, length, bits, 1 << index));
    return bits;
  }
}

function markerOf({ item, behind }: Look): LookMarker | null {
  if (item.kind === 'bytes') return byteMarker(item, behind);
  const node = behind ? withoutLooseStart(item) : withoutLooseEnd(item);
  const program = compileProgram(node, { reverse: !behind });
  if (program === null) return null;
  const automaton = new MarkingAutomaton(program, { reverse: !behind });
  if (program.looks.length === 0) return (bytes, length, into, bit) => automaton.mark({ bytes, length, looks: null }, into, bit);
  const inner = LookBits.for(program);
  if (inner === null) return null;
  return (bytes, length, into, bit) => automaton.mark({ bytes, length, looks: inner.of(bytes, length) }, into, bit);
}

/** A look at the one byte before or after. */
function byteMarker({ set }: Extract<PatternNode, { kind: 'bytes' }>, behind: boolean): LookMarker {
  const holds = Uint8Array.from({ length: 256 }, (_, byte) => (set.has(byte) ? 1 : 0));
  const shift = behind ? 1 : 0;
  return (bytes, length, into, bit) => {
    for (let i = 0; i < length; i++) if (holds[bytes[i]!] === 1) into[i + shift]! ^= bit;
  };
}
