import type { LiteralTable } from './literal-table.js';

const NO_CLAUSES: Int32Array = new Int32Array(0);

/** Finds in one pass which clauses of a table have a literal in a text. */
export class LiteralScanner {
  /** Words of a clause set: clause `n` is bit `n & 31` of word `n >> 5`. */
  readonly wordCount: number;
  readonly #table: LiteralTable;

  constructor(table: LiteralTable) {
    this.#table = table;
    this.wordCount = (table.clauseCount + 31) >> 5;
  }

  /** The clauses that have a literal in `text`, as a bit set; an empty array when there are none. */
  scan(text: string): Int32Array {
    const { classOf, next, classCount, outputAt, outputs } = this.#table;
    let found: Int32Array = NO_CLAUSES;
    let cell = 0;
    for (let i = 0; i < text.length; i++) {
      cell = next[(cell & 0x7fffffff) + classOf[text.charCodeAt(i)]!]!;
      if (cell >= 0) continue;
      if (found.length === 0) found = new Int32Array(this.wordCount);
      let at = outputAt[(cell & 0x7fffffff) / classCount]!;
      for (const end = at + outputs[at]!; at < end;) {
        const clause = outputs[++at]!;
        found[clause >> 5]! |= 1 << (clause & 31);
      }
    }
    return found;
  }
}

/** Whether a clause set holds every one of `clauses`. */
export function holdsAll(found: Int32Array, clauses: Int32Array): boolean {
  if (found.length === 0) return clauses.length === 0;
  for (let i = 0; i < clauses.length; i++) {
    const clause = clauses[i]!;
    if ((found[clause >> 5]! & (1 << (clause & 31))) === 0) return false;
  }
  return true;
}
