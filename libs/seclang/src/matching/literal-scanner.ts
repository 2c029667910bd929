import type { LiteralTable } from './literal-table.js';

const NO_CLAUSES: readonly number[] = [];

/** Finds in one pass which clauses of a table have a literal in a text. */
export class LiteralScanner {
  readonly clauseCount: number;
  readonly #classOf: Uint8Array;
  readonly #next: Int32Array;
  readonly #classCount: number;
  readonly #outputAt: Int32Array;
  readonly #outputs: Int32Array;
  /** 1 for clauses found in the text in hand; all 0 between calls. */
  readonly #seen: Uint8Array;

  constructor({ clauseCount, classCount, classOf, next, outputAt, outputs }: LiteralTable) {
    this.clauseCount = clauseCount;
    this.#classCount = classCount;
    this.#classOf = classOf;
    this.#next = next;
    this.#outputAt = outputAt;
    this.#outputs = outputs;
    this.#seen = new Uint8Array(clauseCount);
  }

  /** The clauses that have a literal in `text`, each once, in the order in which they were found. */
  scan(text: string): readonly number[] {
    const classOf = this.#classOf;
    const next = this.#next;
    let found: number[] | null = null;
    let cell = 0;
    for (let i = 0; i < text.length; i++) {
      cell = next[(cell & 0x7fffffff) + classOf[text.charCodeAt(i)]!]!;
      if (cell < 0) this.#collect(cell & 0x7fffffff, (found ??= []));
    }
    if (found === null) return NO_CLAUSES;
    for (const clause of found) this.#seen[clause] = 0;
    return found;
  }

  #collect(cell: number, found: number[]): void {
    const outputs = this.#outputs;
    const seen = this.#seen;
    let at = this.#outputAt[cell / this.#classCount]!;
    for (const end = at + outputs[at]!; at < end;) {
      const clause = outputs[++at]!;
      if (seen[clause] === 1) continue;
      seen[clause] = 1;
      found.push(clause);
    }
  }
}

/** Whether all of `clauses` were found. */
export function holdsAll(found: readonly number[], clauses: readonly number[]): boolean {
  for (let i = 0; i < clauses.length; i++) if (!found.includes(clauses[i]!)) return false;
  return true;
}
