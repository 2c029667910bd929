import type { PatternNode } from '../pattern/pattern-node.js';
import { ASSERTIONS } from './program.js';

/**
 * Instructions of a backtracking machine. `set`: a byte of set `x`. `run`: `y` to `z` bytes of set `x`, in the way `w` (RUN). `split`
 * tries `x` before `y`. `save`: slot `x`. `assert`: ASSERTIONS[x]. `reference`: what group `x` took, case ignored when `y` is 1.
 * `inner`: the instructions up to its `done` are a match of their own, of the kind `x` (INNER); `y` is what comes after, `z` the longest
 * text they take. `enter` notes where a round of a loop begins in register `x`; `again` goes to `y` if that round took something.
 */
export const BACK = {
  set: 0,
  run: 1,
  split: 2,
  jump: 3,
  save: 4,
  assert: 5,
  reference: 6,
  inner: 7,
  done: 8,
  enter: 9,
  again: 10,
  match: 11,
} as const;

/** How a run takes bytes. */
export const RUN = { greedy: 0, lazy: 1, possessive: 2 } as const;

/** Kinds of inner matches. */
export const INNER = { atomic: 0, ahead: 1, notAhead: 2, behind: 3, notBehind: 4 } as const;

/** A pattern for the backtracking machine. */
export interface BacktrackingProgram {
  readonly op: Uint8Array;
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly z: Int32Array;
  readonly w: Uint8Array;
  /** Which bytes a set holds: `holds[set * 256 + byte]`. */
  readonly holds: Uint8Array;
  /** Slots of group 0 and the groups, then the registers of loops. */
  readonly slotCount: number;
  readonly groupSlots: number;
}

const UNBOUNDED = 0x7fffffff;

/** Compiles any pattern. */
export function compileBacktracking(node: PatternNode, groupCount: number): BacktrackingProgram {
  return new BacktrackingCompiler(groupCount).compile(node);
}

class BacktrackingCompiler {
  readonly #code: [op: number, x: number, y: number, z: number, w: number][] = [];
  readonly #holds: number[][] = [];
  readonly #setNumbers = new Map<string, number>();
  readonly #groupSlots: number;
  #slotCount: number;

  constructor(groupCount: number) {
    this.#groupSlots = (groupCount + 1) * 2;
    this.#slotCount = this.#groupSlots;
  }

  compile(node: PatternNode): BacktrackingProgram {
    this.#emit(BACK.save, 0);
    this.#node(node);
    this.#emit(BACK.save, 1);
    this.#emit(BACK.match);
    const column = (index: 0 | 1 | 2 | 3 | 4): number[] => this.#code.map((instruction) => instruction[index]);
    return {
      op: Uint8Array.from(column(0)),
      x: Int32Array.from(column(1)),
      y: Int32Array.from(column(2)),
      z: Int32Array.from(column(3)),
      w: Uint8Array.from(column(4)),
      holds: Uint8Array.from(this.#holds.flat()),
      slotCount: this.#slotCount,
      groupSlots: this.#groupSlots,
    };
  }

  #emit(op: number, x = 0, y = 0, z = 0, w = 0): number {
    this.#code.push([op, x, y, z, w]);
    return this.#code.length - 1;
  }

  #node(node: PatternNode): void {
    switch (node.kind) {
      case 'bytes':
        this.#emit(BACK.set, this.#setNumber(node));
        break;
      case 'concat':
        for (const item of node.items) this.#node(item);
        break;
      case 'alternate':
        this.#alternate(node.options);
        break;
      case 'group':
        this.#emit(BACK.save, node.index * 2);
        this.#node(node.item);
        this.#emit(BACK.save, node.index * 2 + 1);
        break;
      case 'repeat':
        this.#repeat(node);
        break;
      case 'assert':
        this.#emit(BACK.assert, ASSERTIONS.indexOf(node.what));
        break;
      case 'atomic':
        this.#inner(INNER.atomic, node.item);
        break;
      case 'look': {
        const behind = node.negative ? INNER.notBehind : INNER.behind;
        const ahead = node.negative ? INNER.notAhead : INNER.ahead;
        this.#inner(node.behind ? behind : ahead, node.item);
        break;
      }
      case 'backreference':
        this.#emit(BACK.reference, node.index, node.ignoreCase ? 1 : 0);
        break;
      default:
        node satisfies never;
    }
  }

  #inner(kind: number, item: PatternNode): void {
    const at = this.#emit(BACK.inner, kind, 0, Math.min(longest(item), UNBOUNDED));
    this.#node(item);
    this.#emit(BACK.done);
    this.#code[at]![2] = this.#code.length;
  }

  #alternate(options: readonly PatternNode[]): void {
    const ends: number[] = [];
    for (const [index, option] of options.entries()) {
      const isLast = index === options.length - 1;
      const split = isLast ? -1 : this.#emit(BACK.split, this.#code.length + 1);
      this.#node(option);
      if (isLast) continue;
      ends.push(this.#emit(BACK.jump));
      this.#code[split]![2] = this.#code.length;
    }
    for (const end of ends) this.#code[end]![1] = this.#code.length;
  }

  #repeat(node: Extract<PatternNode, { kind: 'repeat' }>): void {
    const { item, min, max, mode } = node;
    if (item.kind === 'bytes') {
      this.#emit(BACK.run, this.#setNumber(item), min, Math.min(max, UNBOUNDED), RUN[mode]);
      return;
    }
    if (mode === 'possessive') {
      this.#inner(INNER.atomic, { ...node, mode: 'greedy' });
      return;
    }
    for (let count = 0; count < min; count++) this.#node(item);
    if (max === Infinity) this.#loop(item, mode === 'lazy');
    else this.#optional(item, max - min, mode === 'lazy');
  }

  #loop(item: PatternNode, isLazy: boolean): void {
    const register = this.#slotCount++;
    const split = this.#emit(BACK.split);
    this.#emit(BACK.enter, register);
    this.#node(item);
    this.#emit(BACK.again, register, split);
    this.#setBranches(split, isLazy);
  }

  #optional(item: PatternNode, times: number, isLazy: boolean): void {
    const splits: number[] = [];
    for (let count = 0; count < times; count++) {
      splits.push(this.#emit(BACK.split));
      this.#node(item);
    }
    for (const split of splits) this.#setBranches(split, isLazy);
  }

  #setBranches(split: number, isLazy: boolean): void {
    const exit = this.#code.length;
    this.#code[split]![1] = isLazy ? exit : split + 1;
    this.#code[split]![2] = isLazy ? split + 1 : exit;
  }

  #setNumber({ set }: Extract<PatternNode, { kind: 'bytes' }>): number {
    const key = set.key();
    const known = this.#setNumbers.get(key);
    if (known !== undefined) return known;
    this.#setNumbers.set(key, this.#holds.length);
    this.#holds.push(Array.from({ length: 256 }, (_, byte) => (set.has(byte) ? 1 : 0)));
    return this.#holds.length - 1;
  }
}

/** The length of the longest text that a pattern matches. */
function longest(node: PatternNode): number {
  switch (node.kind) {
    case 'bytes':
      return 1;
    case 'concat':
      return node.items.reduce((sum, item) => sum + longest(item), 0);
    case 'alternate':
      return Math.max(...node.options.map(longest));
    case 'repeat':
      return node.max === 0 ? 0 : longest(node.item) * node.max || 0;
    case 'group':
    case 'atomic':
      return longest(node.item);
    case 'assert':
    case 'look':
      return 0;
    case 'backreference':
      return Infinity;
    default:
      return node satisfies never;
  }
}
