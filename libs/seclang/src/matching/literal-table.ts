import type { Clause } from '../pattern/required-literals.js';

/**
 * The literals of many clauses as one dense automaton over byte classes, case folded. `next[state * classCount + class]` is the
 * next state times `classCount`; its sign bit is set when that state completes literals, whose clauses stand in `outputs` from
 * `outputAt[state]` on, preceded by their number.
 */
export interface LiteralTable {
  readonly clauseCount: number;
  readonly classCount: number;
  readonly classOf: Uint8Array;
  readonly next: Int32Array;
  readonly outputAt: Int32Array;
  readonly outputs: Int32Array;
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
    for (const literal of clause) {
      const clauses = this.#literals.get(literal);
      if (clauses === undefined) this.#literals.set(literal, [number]);
      else clauses.push(number);
    }
    return number;
  }

  build(): LiteralTable {
    const { classOf, classCount } = this.#classes();
    const { goto, outputs } = this.#trie(classOf, classCount);
    const next = close(goto, outputs, classCount);
    return { clauseCount: this.#numbers.size, classCount, classOf, next, ...flatten(outputs) };
  }

  /** Bytes that no literal holds share class 0. */
  #classes(): { classOf: Uint8Array; classCount: number } {
    const used = new Set<number>();
    for (const literal of this.#literals.keys()) for (let i = 0; i < literal.length; i++) used.add(literal.charCodeAt(i));
    const classOf = new Uint8Array(256);
    let classCount = 1;
    for (const byte of [...used].sort((a, b) => a - b)) classOf[byte] = classCount++;
    for (let upper = 0x41; upper <= 0x5a; upper++) classOf[upper] = classOf[upper + 0x20]!;
    return { classOf, classCount };
  }

  #trie(classOf: Uint8Array, classCount: number): { goto: Int32Array[]; outputs: number[][] } {
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

/** Adds the failure transitions breadth first, so that every state has a successor for every class. */
function close(goto: readonly Int32Array[], outputs: number[][], classCount: number): Int32Array {
  const next = new Int32Array(goto.length * classCount);
  const fail = new Int32Array(goto.length);
  const queue: number[] = [0];
  for (const state of queue) {
    const row = goto[state]!;
    const fallback = fail[state]!;
    for (let byteClass = 0; byteClass < classCount; byteClass++) {
      const child = row[byteClass]!;
      const after = state === 0 ? 0 : next[fallback * classCount + byteClass]!;
      next[state * classCount + byteClass] = child === 0 ? after : child;
      if (child === 0) continue;
      fail[child] = after;
      if (outputs[after]!.length > 0) outputs[child] = [...new Set([...outputs[child]!, ...outputs[after]!])];
      queue.push(child);
    }
  }
  for (let i = 0; i < next.length; i++) {
    const target = next[i]!;
    const cell = target * classCount;
    next[i] = outputs[target]!.length > 0 ? cell | 0x80000000 : cell;
  }
  return next;
}

function flatten(outputs: readonly number[][]): { outputAt: Int32Array; outputs: Int32Array } {
  const outputAt = new Int32Array(outputs.length);
  const flat: number[] = [0];
  outputs.forEach((clauses, state) => {
    if (clauses.length === 0) return;
    outputAt[state] = flat.length;
    flat.push(clauses.length, ...clauses);
  });
  return { outputAt, outputs: Int32Array.from(flat) };
}
