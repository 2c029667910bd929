import type { ByteSet } from '../pattern/byte-set.js';
import type { Assertion, PatternNode } from '../pattern/pattern-node.js';

/** What an instruction does. `split` tries `x` before `y`; `save` notes the position in slot `x`; `assert` tests ASSERTIONS[x]. */
export const OP = { bytes: 0, split: 1, jump: 2, save: 3, assert: 4, match: 5 } as const;

/** The zero-width tests by number. */
export const ASSERTIONS: readonly Assertion[] = ['start', 'end', 'end-or-newline', 'line-start', 'line-end', 'word', 'not-word'];

/** A pattern as instructions of a nondeterministic machine. @see Thompson: Regular expression search algorithm (1968) */
export interface Program {
  readonly op: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Sets that `bytes` instructions refer to by `x`. */
  readonly sets: readonly ByteSet[];
  /** Two slots for group 0 and for each capture group. */
  readonly slotCount: number;
  readonly hasAssertions: boolean;
}

/** Larger programs are left to the backtracking matcher. */
const MAX_INSTRUCTIONS = 40_000;

/** Compiles a pattern, or gives null where it needs more than a finite machine has (look-around, references, atomic groups), or is too large. */
export function compileProgram(node: PatternNode, groupCount: number): Program | null {
  const compiler = new ProgramCompiler(groupCount);
  return compiler.compile(node) ? compiler.program() : null;
}

class ProgramCompiler {
  readonly #op: number[] = [];
  readonly #x: number[] = [];
  readonly #y: number[] = [];
  readonly #sets: ByteSet[] = [];
  readonly #setNumbers = new Map<string, number>();
  readonly #slotCount: number;
  #hasAssertions = false;

  constructor(groupCount: number) {
    this.#slotCount = (groupCount + 1) * 2;
  }

  compile(node: PatternNode): boolean {
    this.#emit(OP.save, 0, 0);
    if (!this.#node(node)) return false;
    this.#emit(OP.save, 1, 0);
    this.#emit(OP.match, 0, 0);
    return true;
  }

  program(): Program {
    const { hasAssertions, slotCount } = { hasAssertions: this.#hasAssertions, slotCount: this.#slotCount };
    return { op: this.#op, x: this.#x, y: this.#y, sets: this.#sets, slotCount, hasAssertions };
  }

  #emit(op: number, x: number, y: number): number {
    this.#op.push(op);
    this.#x.push(x);
    this.#y.push(y);
    return this.#op.length - 1;
  }

  #node(node: PatternNode): boolean {
    if (this.#op.length > MAX_INSTRUCTIONS) return false;
    switch (node.kind) {
      case 'bytes':
        this.#emit(OP.bytes, this.#setNumber(node.set), 0);
        return true;
      case 'concat':
        return node.items.every((item) => this.#node(item));
      case 'alternate':
        return this.#alternate(node.options);
      case 'group': {
        this.#emit(OP.save, node.index * 2, 0);
        const isDone = this.#node(node.item);
        this.#emit(OP.save, node.index * 2 + 1, 0);
        return isDone;
      }
      case 'repeat':
        return node.mode !== 'possessive' && this.#repeat(node);
      case 'assert':
        // `\Z` would have to look two bytes ahead.
        if (node.what === 'end-or-newline') return false;
        this.#hasAssertions = true;
        this.#emit(OP.assert, ASSERTIONS.indexOf(node.what), 0);
        return true;
      case 'atomic':
      case 'look':
      case 'backreference':
        return false;
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
    const key = set.key();
    let number = this.#setNumbers.get(key);
    if (number === undefined) {
      number = this.#sets.length;
      this.#sets.push(set);
      this.#setNumbers.set(key, number);
    }
    return number;
  }
}
