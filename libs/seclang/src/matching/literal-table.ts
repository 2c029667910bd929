import { windowOf } from '../pattern/literal-window.js';
import type { Clause } from '../pattern/required-literals.js';

/**
 * The literals of many clauses as one dense automaton over byte classes, case folded. `next[(state << shift) + class]` is the next state,
 * with the top bit of the cell set when that state completes literals, whose clauses stand in `outputs` from `outputAt[state]` on, preceded
 * by their number. States near the root have low numbers: ordinary text stays among those, in few lines of the processor's cache. Cells
 * are 16 bits wide where all states fit. Classes 256 and 257 are those of the borders of the text.
 */
export interface LiteralTable {
  readonly clauseCount: number;
  /** Length of the longest literal, at least 1. */
  readonly longest: number;
  readonly shift: number;
  readonly classOf: Uint8Array;
  readonly next: Uint16Array | Uint32Array;
  readonly outputAt: Int32Array;
  readonly outputs: Int32Array;
}

/** The bit of a cell of `next` that says that its state completes literals. */
export function completeBit(next: Uint16Array | Uint32Array): number {
  return 2 ** (next.BYTES_PER_ELEMENT * 8 - 1);
}

/** Bytes, and the two borders of a text. */
export const CLASS_COUNT = 258;

/** Marks that are rare where nobody attacks, each with the one it is taken for. */
const SELDOM = new Map(
  ['{[', '}]', '~!', '*!', '#@', '`|', '%&', '><'].map(([mark, other]) => [mark!.charCodeAt(0), other!.charCodeAt(0)]),
);

/**
 * Bytes that literals don't tell apart: cases of a letter, line spaces, the marks that shells drop from words, bytes of letters beyond
 * ASCII, and a few marks so that there are 64 classes at most. A literal may then be found where another of its kind stands, which costs a rule a
 * look; a smaller table is worth more to every byte of every value.
 */
const FOLD = Uint16Array.from({ length: CLASS_COUNT }, (_, byte) => foldOf(byte));

function foldOf(byte: number): number {
  if (byte >= 0x41 && byte <= 0x5a) return byte + 0x20;
  if (byte >= 0x09 && byte <= 0x0d) return 0x09;
  // All of one kind but the one that stands for `<` in a Latin code page: parts of letters in most texts.
  if (byte >= 0x80 && byte <= 0xff && byte !== 0xbc) return 0x80;
  if (byte === 0x27 || byte === 0x5e) return 0x22;
  return SELDOM.get(byte) ?? byte;
}

function folded(literal: string): string {
  const window = windowOf(literal);
  let text = '';
  for (let at = 0; at < window.length; at++) text += String.fromCharCode(FOLD[window.charCodeAt(at)]!);
  return text;
}

/** Collects clauses (equal ones get one number) and builds their automaton. @see Aho, Corasick: Efficient string matching (1975) */
export class LiteralTableBuilder {
  readonly #numbers = new Map<string, number>();
  readonly #literals = new Map<string, number[]>();

  /** The number of a clause. */
  add(clause: Clause): number {
    const key = [...clause].sort().join('\0');
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    for (const literal of new Set(clause.map(folded))) {
      const clauses = this.#literals.get(literal);
      if (clauses === undefined) this.#literals.set(literal, [number]);
      else clauses.push(number);
    }
    return number;
  }

  build(): LiteralTable {
    const { classOf, classCount } = this.#classes();
    const { goto, outputs } = inBreadth(this.#trie(classOf, classCount));
    const shift = Math.ceil(Math.log2(classCount));
    const next = close(goto, outputs, shift);
    const longest = Math.max(1, ...[...this.#literals.keys()].map(({ length }) => length));
    return { clauseCount: this.#numbers.size, longest, shift, classOf, next, ...flatten(outputs) };
  }

  /** Bytes that no literal holds share class 0. */
  #classes(): { classOf: Uint8Array; classCount: number } {
    const used = new Set<number>();
    for (const literal of this.#literals.keys()) for (let i = 0; i < literal.length; i++) used.add(literal.charCodeAt(i));
    const classOf = new Uint8Array(CLASS_COUNT);
    let classCount = 1;
    for (const byte of [...used].sort((a, b) => a - b)) classOf[byte] = classCount++;
    for (let byte = 0; byte < CLASS_COUNT; byte++) classOf[byte] = classOf[FOLD[byte]!]!;
    return { classOf, classCount };
  }

  #trie(classOf: Uint8Array, classCount: number): Trie {
    const goto: Int32Array[] = [new Int32Array(classCount)];
    const outputs: number[][] = [[]];
    for (const [literal, clauses] of this.#literals) {
      let state = 0;
      for (let i = 0; i < literal.length; i++) {
        const row = goto[state]!;
        const byteClass = classOf[literal.charCodeAt(i)]!;
        if (row[byteClass] === 0) {
          row[byteClass] = goto.length;
          goto.push(new Int32Array(classCount));
          outputs.push([]);
        }
        state = row[byteClass]!;
      }
      outputs[state] = [...outputs[state]!, ...clauses];
    }
    return { goto, outputs };
  }
}

interface Trie {
  readonly goto: readonly Int32Array[];
  readonly outputs: number[][];
}

/** The same states, numbered by their distance from the root. */
function inBreadth({ goto, outputs }: Trie): Trie {
  const order: number[] = [0];
  for (const state of order) for (const child of goto[state]!) if (child !== 0) order.push(child);
  const numbers = new Int32Array(goto.length);
  order.forEach((state, number) => (numbers[state] = number));
  return {
    goto: order.map((state) => goto[state]!.map((child) => numbers[child]!)),
    outputs: order.map((state) => outputs[state]!),
  };
}

/** Adds the failure transitions breadth first, so that every state has a successor for every class. */
function close(goto: readonly Int32Array[], outputs: number[][], shift: number): Uint16Array | Uint32Array {
  const size = goto.length << shift;
  const classCount = goto[0]!.length;
  const next = goto.length <= 0x8000 ? new Uint16Array(size) : new Uint32Array(size);
  const fail = new Int32Array(goto.length);
  for (let state = 0; state < goto.length; state++) {
    const row = goto[state]!;
    const fallback = fail[state]!;
    for (let byteClass = 0; byteClass < classCount; byteClass++) {
      const child = row[byteClass]!;
      const after = state === 0 ? 0 : next[(fallback << shift) + byteClass]!;
      next[(state << shift) + byteClass] = child === 0 ? after : child;
      if (child === 0) continue;
      fail[child] = after;
      if (outputs[after]!.length > 0) outputs[child] = [...new Set([...outputs[child]!, ...outputs[after]!])];
    }
  }
  const bit = completeBit(next);
  for (let i = 0; i < next.length; i++) if (outputs[next[i]!]!.length > 0) next[i]! |= bit;
  return next;
}

/** States with the same clauses share one row. */
function flatten(outputs: readonly number[][]): { outputAt: Int32Array; outputs: Int32Array } {
  const outputAt = new Int32Array(outputs.length);
  const flat: number[] = [0];
  const rows = new Map<string, number>();
  outputs.forEach((clauses, state) => {
    if (clauses.length === 0) return;
    const row = [...clauses].sort((a, b) => a - b);
    const key = row.join();
    outputAt[state] = rows.get(key) ?? flat.length;
    if (outputAt[state] < flat.length) return;
    rows.set(key, flat.length);
    flat.push(row.length, ...row);
  });
  return { outputAt, outputs: Int32Array.from(flat) };
}
