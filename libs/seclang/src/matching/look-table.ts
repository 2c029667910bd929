import { ByteSet } from '../pattern/byte-set.js';
import type { PatternNode } from '../pattern/pattern-node.js';

/** A look-around. Whether it holds is worked out for all positions of a text before the program runs. */
export interface Look {
  readonly behind: boolean;
  readonly negative: boolean;
  readonly item: PatternNode;
}

/** Each look-around doubles the symbols of an automaton. */
const MAX_LOOKS = 4;

/** Numbers the different look-arounds of a pattern (not those inside others), so that all its programs mean the same by a number. */
export class LookTable {
  readonly looks: Look[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(node: PatternNode) {
    this.#collect(node);
  }

  get isTooLarge(): boolean {
    return this.looks.length > MAX_LOOKS;
  }

  numberOf(look: Look): number {
    return this.#numbers.get(keyOf(look)) ?? -1;
  }

  #collect(node: PatternNode): void {
    if (node.kind === 'look') {
      const key = keyOf(node);
      if (this.#numbers.has(key)) return;
      this.#numbers.set(key, this.looks.length);
      this.looks.push({ behind: node.behind, negative: node.negative, item: node.item });
    } else if (node.kind === 'concat') {
      for (const item of node.items) this.#collect(item);
    } else if (node.kind === 'alternate') {
      for (const option of node.options) this.#collect(option);
    } else if ('item' in node) {
      this.#collect(node.item);
    }
  }
}

function keyOf({ behind, negative, item }: Look): string {
  return JSON.stringify([behind, negative, item], (_name, value: unknown) => (value instanceof ByteSet ? value.key() : value));
}
