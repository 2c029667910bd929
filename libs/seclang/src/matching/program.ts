import type { ByteSet } from '../pattern/byte-set.js';
import type { Assertion, PatternNode } from '../pattern/pattern-node.js';
import { LookTable, type Look } from './look-table.js';

/**
 * What an instruction does. `bytes` takes a byte of set `x`; `split` tries `x` before `y`; `save` notes the position in slot `x`;
 * `assert` tests ASSERTIONS[x]; `look` asks whether look-around `x` holds here; `run` takes any number of bytes of set `x`, as many as it
 * can when `y` is 0, as few when it is 1.
 */
export const OP = { bytes: 0, split: 1, jump: 2, save: 3, assert: 4, look: 5, match: 6, run: 7 } as const;

/** The zero-width tests by number. */
export const ASSERTIONS: readonly Assertion[] = ['start', 'end', 'end-or-newline', 'line-start', 'line-end', 'word', 'not-word'];

/** The same test for a machine that reads the text from its end. */
const MIRRORED: Readonly<Record<Assertion, Assertion>> = {
  start: 'end',
  end: 'start',
  'end-or-newline': 'end-or-newline',
  'line-start': 'line-end',
  'line-end': 'line-start',
  word: 'word',
  'not-word': 'not-word',
};

/** A pattern as instructions of a nondeterministic machine. @see Thompson: Regular expression search algorithm (1968) */
export interface Program {
  readonly op: Uint8Array;
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** Sets that `bytes` instructions refer to by `x`. */
  readonly sets: readonly ByteSet[];
  /** Look-arounds that `look` instructions refer to by `x`. */
  readonly looks: readonly Look[];
  /** Two slots for group 0 and for each capture group; 0 where groups are of no interest. */
  readonly slotCount: number;
  /** Whether there are tests of what stands before or after a position. */
  readonly hasAssertions: boolean;
}

/** How a pattern is compiled. */
export interface ProgramOptions {
  /** Reads the text from its end: the program matches reversed texts. */
  readonly reverse?: boolean;
  /** Notes where groups begin and end. Groups beyond number 9 are not noted: rules can't refer to them. */
  readonly groupCount?: number;
  /** Makes `run` instructions of what would be loops over one byte. */
  readonly runs?: boolean;
  /** Numbers of the look-arounds, where several programs share them; those of the node itself otherwise. */
  readonly looks?: LookTable;
}

const MAX_INSTRUCTIONS = 60_000;
const MAX_GROUPS = 9;

/** Compiles a finite form (see finiteForm), or gives null where it is too large. */
export function compileProgram(node: PatternNode, options: ProgramOptions = {}): Program | null {
  const looks = options.looks ?? new LookTable(node);
  if (looks.isTooLarge) return null;
  const compiler = new ProgramCompiler(options, looks);
  return compiler.compile(node) ? compiler.program() : null;
}

class ProgramCompiler {
  readonly #op: number[] = [];
  readonly #x: number[] = [];
  readonly #y: number[] = [];
  readonly #sets: ByteSet[] = [];
  readonly #setNumbers = new Map<string, number>();
  readonly #numberOfSet = new Map<ByteSet, number>();
  readonly #looks: LookTable;
  readonly #isReverse: boolean;
  readonly #slotCount: number;
  readonly #hasRuns: boolean;
  #hasAssertions = false;

  constructor({ reverse = false, runs = false, groupCount }: ProgramOptions, looks: LookTable) {
    this.#looks = looks;
    this.#hasRuns = runs;
    this.#isReverse = reverse;
    this.#slotCount = groupCount === undefined ? 0 : (Math.min(groupCount, MAX_GROUPS) + 1) * 2;
  }

  compile(node: PatternNode): boolean {
    this.#save(0);
    if (!this.#node(node)) return false;
    this.#save(1);
    this.#emit(OP.match, 0, 0);
    return true;
  }

  program(): Program {
    return {
      op: Uint8Array.from(this.#op),
      x: Int32Array.from(this.#x),
      y: Int32Array.from(this.#y),
      sets: this.#sets,
      looks: this.#looks.looks,
      slotCount: this.#slotCount,
      hasAssertions: this.#hasAssertions,
    };
  }

  #emit(op: number, x: number, y: number): number {
    this.#op.push(op);
    this.#x.push(x);
    this.#y.push(y);
    return this.#op.length - 1;
  }

  #save(slot: number): void {
    if (slot < this.#slotCount) this.#emit(OP.save, slot, 0);
  }

  #node(node: PatternNode): boolean {
    if (this.#op.length > MAX_INSTRUCTIONS) return false;
    switch (node.kind) {
      case 'bytes':
        this.#emit(OP.bytes, this.#setNumber(node.set), 0);
        return true;
      case 'concat':
        return (this.#isReverse ? node.items.toReversed() : node.items).every((item) => this.#node(item));
      case 'alternate':
        return this.#alternate(node.options);
      case 'group': {
        this.#save(node.index * 2);
        const isDone = this.#node(node.item);
        this.#save(node.index * 2 + 1);
        return isDone;
      }
      case 'repeat':
        return this.#repeat(node);
      case 'assert':
        this.#hasAssertions = true;
        this.#emit(OP.assert, ASSERTIONS.indexOf(this.#isReverse ? MIRRORED[node.what] : node.what), 0);
        return true;
      case 'look':
        this.#hasAssertions = true;
        this.#emit(OP.look, this.#looks.numberOf(node), 0);
        return true;
      case 'atomic':
      case 'backreference':
        throw new TypeError(`a ${node.kind} has no finite form`);
      default:
        return node satisfies never;
    }
  }

  #alternate(options: readonly PatternNode[]): boolean {
    const ends: number[] = [];
    for (const [index, option] of options.entries()) {
      const isLast = index === options.length - 1;
      const split = isLast ? -1 : this.#emit(OP.split, this.#op.length + 1, 0);
      if (!this.#node(option)) return false;
      if (isLast) continue;
      ends.push(this.#emit(OP.jump, 0, 0));
      this.#y[split] = this.#op.length;
    }
    for (const end of ends) this.#x[end] = this.#op.length;
    return true;
  }

  #repeat({ item, min, max, mode }: Extract<PatternNode, { kind: 'repeat' }>): boolean {
    for (let count = 0; count < min; count++) if (!this.#node(item)) return false;
    const isLazy = mode === 'lazy';
    if (max === Infinity && this.#hasRuns && item.kind === 'bytes') {
      this.#emit(OP.run, this.#setNumber(item.set), isLazy ? 1 : 0);
      return true;
    }
    if (max === Infinity) {
      const split = this.#emit(OP.split, 0, 0);
      if (!this.#node(item)) return false;
      this.#emit(OP.jump, split, 0);
      this.#setBranches(split, isLazy);
      return true;
    }
    const splits: number[] = [];
    for (let count = min; count < max; count++) {
      splits.push(this.#emit(OP.split, 0, 0));
      if (!this.#node(item)) return false;
    }
    for (const split of splits) this.#setBranches(split, isLazy);
    return true;
  }

  /** Body first when greedy, exit first when lazy; the exit is what comes next. */
  #setBranches(split: number, isLazy: boolean): void {
    const body = split + 1;
    const exit = this.#op.length;
    this.#x[split] = isLazy ? exit : body;
    this.#y[split] = isLazy ? body : exit;
  }

  #setNumber(set: ByteSet): number {
    const known = this.#numberOfSet.get(set);
    if (known !== undefined) return known;
    const key = set.key();
    let number = this.#setNumbers.get(key);
    if (number === undefined) {
      number = this.#sets.length;
      this.#sets.push(set);
      this.#setNumbers.set(key, number);
    }
    this.#numberOfSet.set(set, number);
    return number;
  }
}
