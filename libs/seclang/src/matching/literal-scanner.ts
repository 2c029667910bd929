import { TEXT_END, TEXT_START } from '../pattern/first-strings.js';
import { FEATURE_OF } from '../transformations/byte-features.js';
import { completeBit, type LiteralTable } from './literal-table.js';
import { textBytes } from './text-bytes.js';

const NO_CLAUSES: readonly number[] = [];
/** Up to this length copying the bytes costs more than it saves. */
const SHORT_TEXT = 64;

/** Finds in one pass which clauses of a table have a literal in a text. */
export class LiteralScanner {
  readonly clauseCount: number;
  /** The kinds of bytes (FEATURE) in the text that was scanned last. */
  features = 0;
  readonly #classOf: Uint8Array;
  readonly #next: Uint16Array | Uint32Array;
  readonly #classCount: number;
  readonly #outputAt: Int32Array;
  readonly #outputs: Int32Array;
  /** The cell for the beginning of a text. */
  readonly #start: number;
  readonly #endClass: number;
  readonly #bit: number;
  readonly #mask: number;
  #found: number[] | null = null;
  /** 1 for clauses found in the text in hand; all 0 between calls. */
  readonly #seen: Uint8Array;

  constructor({ clauseCount, classCount, classOf, next, outputAt, outputs }: LiteralTable) {
    this.clauseCount = clauseCount;
    this.#classCount = classCount;
    this.#classOf = classOf;
    this.#next = next;
    this.#outputAt = outputAt;
    this.#outputs = outputs;
    this.#start = next[classOf[TEXT_START.charCodeAt(0)]!]!;
    this.#endClass = classOf[TEXT_END.charCodeAt(0)]!;
    this.#bit = completeBit(next) | 0;
    this.#mask = completeBit(next) - 1;
    this.#seen = new Uint8Array(clauseCount);
  }

  /** The clauses that have a literal in `text`, each once, in the order in which they were found. */
  scan(text: string): readonly number[] {
    this.#found = null;
    this.features = 0;
    const cell = text.length > SHORT_TEXT ? this.#passBytes(textBytes.of(text), text.length) : this.#passText(text);
    const last = this.#next[(cell & this.#mask) * this.#classCount + this.#endClass]!;
    if ((last & this.#bit) !== 0) this.#collect(last & this.#mask);
    const found: readonly number[] | null = this.#found;
    if (found === null) return NO_CLAUSES;
    for (const clause of found as readonly number[]) this.#seen[clause] = 0;
    return found;
  }

  #passText(text: string): number {
    const classOf = this.#classOf;
    const next = this.#next;
    const classCount = this.#classCount;
    const bit = this.#bit;
    const mask = this.#mask;
    let features = 0;
    let cell = this.#start;
    for (let i = 0; i < text.length; i++) {
      const byte = text.charCodeAt(i);
      features |= FEATURE_OF[byte]!;
      cell = next[(cell & mask) * classCount + classOf[byte]!]!;
      if ((cell & bit) !== 0) this.#collect(cell & mask);
    }
    this.features = features;
    return cell;
  }

  /** The same over an array, of which bytes are read at half the cost of those of a string. */
  #passBytes(bytes: Uint8Array, length: number): number {
    const classOf = this.#classOf;
    const next = this.#next;
    const classCount = this.#classCount;
    const bit = this.#bit;
    const mask = this.#mask;
    let features = 0;
    let cell = this.#start;
    for (let i = 0; i < length; i++) {
      const byte = bytes[i]!;
      features |= FEATURE_OF[byte]!;
      cell = next[(cell & mask) * classCount + classOf[byte]!]!;
      if ((cell & bit) !== 0) this.#collect(cell & mask);
    }
    this.features = features;
    return cell;
  }

  #collect(state: number): void {
    const found = (this.#found ??= []);
    const outputs = this.#outputs;
    const seen = this.#seen;
    let at = this.#outputAt[state]!;
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
