import { TEXT_END, TEXT_START } from '../pattern/first-strings.js';
import { windowOf } from '../pattern/literal-window.js';
import type { Clause } from '../pattern/required-literals.js';

/** States of an automaton, with the bit that says that they complete literals. */
export type Cells = Uint16Array | Uint32Array;

/**
 * The literals of many clauses as one dense automaton over byte classes, case folded. `next[(state << shift) + class]` is the next state,
 * with the top bit of the cell set when that state completes literals, whose clauses stand in `outputs` from `outputAt[state]` on, preceded
 * by their number. States near the root have low numbers: ordinary text stays among those, in few lines of the processor's cache. Cells
 * are 16 bits wide where all states fit. The borders of a text, which are met once, have no place in the rows: `start` is the cell at its
 * beginning, and `atEnd` has one for its end behind each state.
 */
export interface LiteralTable {
  readonly clauseCount: number;
  /** Length of the longest literal, at least 1. */
  readonly longest: number;
  readonly shift: number;
  readonly classOf: Uint8Array;
  readonly next: Cells;
  readonly start: number;
  readonly atEnd: Cells;
  readonly outputAt: Int32Array;
  readonly outputs: Int32Array;
}

/** The bit of a cell that says that its state completes literals. */
export function completeBit(cells: Cells): number {
  return 2 ** (cells.BYTES_PER_ELEMENT * 8 - 1);
}

export const BYTE_COUNT = 256;
/** How the borders of a text are numbered behind the classes of bytes while the automaton is made. */
const BORDERS = [TEXT_START, TEXT_END];

/** Marks that are rare where nobody attacks, each with the one it is taken for. */
const SELDOM = new Map(
  ['{[', '}]', '~!', '*!', '#@', '`|', '%&', '><'].map(([mark, other]) => [mark!.charCodeAt(0), other!.charCodeAt(0)]),
);

/**
 * Bytes that literals don't tell apart: cases of a letter, line spaces, other control bytes, the marks that shells drop from words, bytes of
 * letters beyond ASCII, and a few marks so that there are 64 classes at most. A literal may then be found where another of its kind stands,
 * which costs a rule a look; a smaller table is worth more to every byte of every value.
 */
const FOLD = Uint16Array.from({ length: TEXT_END.charCodeAt(0) + 1 }, (_, byte) => foldOf(byte));

function foldOf(byte: number): number {
  if (byte >= 0x41 && byte <= 0x5a) return byte + 0x20;
  if (byte >= 0x09 && byte <= 0x0d) return 0x09;
  if (byte < 0x20 || byte === 0x7f) return 0x00;
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
    const trie = inBreadth(this.#trie(classOf, classCount));
    const longest = Math.max(1, ...[...this.#literals.keys()].map(({ length }) => length));
    return { clauseCount: this.#numbers.size, longest, classOf, ...close(trie, classCount), ...flatten(trie.outputs) };
  }

  /** Bytes that no literal holds share class 0. */
  #classes(): { classOf: Uint8Array; classCount: number } {
    const used = new Set<number>();
    for (const literal of this.#literals.keys()) for (let i = 0; i < literal.length; i++) used.add(literal.charCodeAt(i));
    for (const border of BORDERS) used.delete(border.charCodeAt(0));
    const classOf = new Uint8Array(BYTE_COUNT);
    let classCount = 1;
    for (const byte of [...used].sort((a, b) => a - b)) classOf[byte] = classCount++;
    for (let byte = 0; byte < BYTE_COUNT; byte++) classOf[byte] = classOf[FOLD[byte]!]!;
    return { classOf, classCount };
  }

  #trie(classOf: Uint8Array, classCount: number): Trie {
    const width = classCount + BORDERS.length;
    const goto: Int32Array[] = [new Int32Array(width)];
    const outputs: number[][] = [[]];
    for (const [literal, clauses] of this.#literals) {
      let state = 0;
      for (let i = 0; i < literal.length; i++) {
        const row = goto[state]!;
        const border = BORDERS.indexOf(literal[i]!);
        const column = border < 0 ? classOf[literal.charCodeAt(i)]! : classCount + border;
        if (row[column] === 0) {
          row[column] = goto.length;
          goto.push(new Int32Array(width));
          outputs.push([]);
        }
        state = row[column]!;
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

/** Adds the failure transitions breadth first, so that every state has a successor for every class and for the end of the text. */
function close({ goto, outputs }: Trie, classCount: number): Pick<LiteralTable, 'shift' | 'next' | 'start' | 'atEnd'> {
  const shift = Math.ceil(Math.log2(classCount));
  const isSmall = goto.length <= 0x8000;
  const next = isSmall ? new Uint16Array(goto.length << shift) : new Uint32Array(goto.length << shift);
  const atEnd = isSmall ? new Uint16Array(goto.length) : new Uint32Array(goto.length);
  const fail = new Int32Array(goto.length);
  const lead = (child: number, after: number): number => {
    if (child === 0) return after;
    fail[child] = after;
    if (outputs[after]!.length > 0) outputs[child] = [...new Set([...outputs[child]!, ...outputs[after]!])];
    return child;
  };
  for (let state = 0; state < goto.length; state++) {
    const row = goto[state]!;
    const fallback = fail[state]!;
    for (let byteClass = 0; byteClass < classCount; byteClass++)
      next[(state << shift) + byteClass] = lead(row[byteClass]!, state === 0 ? 0 : next[(fallback << shift) + byteClass]!);
    atEnd[state] = lead(row[classCount + 1]!, state === 0 ? 0 : atEnd[fallback]!);
  }
  const bit = completeBit(next);
  const cell = (state: number): number => (outputs[state]!.length > 0 ? state | bit : state) >>> 0;
  for (const cells of [next, atEnd]) for (let at = 0; at < cells.length; at++) cells[at] = cell(cells[at]!);
  return { shift, next, start: cell(goto[0]![classCount]!), atEnd };
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
