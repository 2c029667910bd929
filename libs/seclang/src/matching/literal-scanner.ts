import { FEATURE_OF } from '../transformations/byte-features.js';
import { type Cells, completeBit, type LiteralTable } from './literal-table.js';
import { textBytes } from './text-bytes.js';

const NO_CLAUSES: readonly number[] = [];
/** Up to this length one pass over the string is quicker than four over an array of its bytes. */
const SHORT_TEXT = 40;
/** From this length on it is quicker to note every state and to look through all states once than to ask at each byte. */
const LONG_TEXT = 4096;

/** Finds in one pass which clauses of a table have a literal in a text. */
export class LiteralScanner {
  /** The kinds of bytes (FEATURE) in the text that was scanned last. */
  features = 0;
  readonly #classOf: Uint8Array;
  readonly #next: Cells;
  readonly #shift: number;
  readonly #outputAt: Int32Array;
  readonly #outputs: Int32Array;
  readonly #bit: number;
  readonly #mask: number;
  /** The cell at the beginning of a text. */
  readonly #start: number;
  /** By state: the cell behind the end of a text. */
  readonly #atEnd: Cells;
  /** Bytes before a place that may belong to a literal which ends there. */
  readonly #overlap: number;
  /** States reached in the text in hand that complete literals, and how many of them there are. */
  readonly #states: Uint32Array;
  #count = 0;
  /** 1 for those states; all 0 between calls. */
  readonly #isNoted: Uint8Array;
  /** The same memory, four states at a time. */
  readonly #notedFours: Int32Array;
  /** 1 for clauses found in the text in hand; all 0 between calls. */
  readonly #isFound: Uint8Array;
  readonly #found: Uint32Array;

  constructor({ clauseCount, shift, classOf, next, start, atEnd, outputAt, outputs, longest }: LiteralTable) {
    this.#shift = shift;
    this.#classOf = classOf;
    this.#next = next;
    this.#outputAt = outputAt;
    this.#outputs = outputs;
    this.#bit = completeBit(next) | 0;
    this.#mask = completeBit(next) - 1;
    this.#start = start;
    this.#atEnd = atEnd;
    this.#overlap = longest - 1;
    this.#states = new Uint32Array(outputAt.length);
    this.#notedFours = new Int32Array((outputAt.length + 3) >> 2);
    this.#isNoted = new Uint8Array(this.#notedFours.buffer);
    this.#isFound = new Uint8Array(clauseCount);
    this.#found = new Uint32Array(clauseCount);
  }

  /** The clauses that have a literal in `text`, each once. */
  scan(text: string): readonly number[] {
    const last = text.length <= SHORT_TEXT ? this.#pass(text) : this.#passBytes(textBytes.of(text), text.length);
    this.#note(this.#start);
    this.#note(this.#atEnd[last & this.#mask]!);
    return this.#count === 0 ? NO_CLAUSES : this.#clauses();
  }

  #pass(text: string): number {
    const classOf = this.#classOf;
    const next = this.#next;
    const shift = this.#shift;
    const bit = this.#bit;
    const mask = this.#mask;
    const { length } = text;
    const states = this.#states;
    const isNoted = this.#isNoted;
    let count = this.#count;
    let features = 0;
    let cell = this.#start;
    for (let at = 0; at < length; at++) {
      const byte = text.charCodeAt(at);
      features |= FEATURE_OF[byte]!;
      cell = next[((cell & mask) << shift) + classOf[byte]!]!;
      if ((cell & bit) !== 0 && isNoted[cell & mask] === 0) isNoted[(states[count++] = cell & mask)] = 1;
    }
    this.#count = count;
    this.features = features;
    return cell;
  }

  #passBytes(bytes: Uint8Array, length: number): number {
    if (length < LONG_TEXT) return this.#passInLanes(bytes, length);
    const last = this.#passLong(bytes, length);
    this.#gather();
    return last;
  }

  /**
   * Four quarters of a text at once, each begun early enough to meet whatever reaches into it: what one step waits for is the table's
   * memory, and four steps wait together. Gives the cell at the end of the text.
   */
  #passInLanes(bytes: Uint8Array, length: number): number {
    const classOf = this.#classOf;
    const next = this.#next;
    const shift = this.#shift;
    const bit = this.#bit;
    const mask = this.#mask;
    const steps = Math.min(length, (length + 3 * this.#overlap + 3) >> 2);
    const second = Math.floor((length - steps) / 3);
    const third = Math.floor((2 * (length - steps)) / 3);
    const fourth = length - steps;
    const states = this.#states;
    const isNoted = this.#isNoted;
    let count = this.#count;
    let features = 0;
    let a = this.#start;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let at = 0; at < steps; at++) {
      const w = bytes[at]!;
      const x = bytes[second + at]!;
      const y = bytes[third + at]!;
      const z = bytes[fourth + at]!;
      features |= FEATURE_OF[w]! | FEATURE_OF[x]! | FEATURE_OF[y]! | FEATURE_OF[z]!;
      a = next[((a & mask) << shift) + classOf[w]!]!;
      b = next[((b & mask) << shift) + classOf[x]!]!;
      c = next[((c & mask) << shift) + classOf[y]!]!;
      d = next[((d & mask) << shift) + classOf[z]!]!;
      if (((a | b | c | d) & bit) === 0) continue;
      // Written out: a call for each would cost more than all the rest of the step.
      if ((a & bit) !== 0 && isNoted[a & mask] === 0) isNoted[(states[count++] = a & mask)] = 1;
      if ((b & bit) !== 0 && isNoted[b & mask] === 0) isNoted[(states[count++] = b & mask)] = 1;
      if ((c & bit) !== 0 && isNoted[c & mask] === 0) isNoted[(states[count++] = c & mask)] = 1;
      if ((d & bit) !== 0 && isNoted[d & mask] === 0) isNoted[(states[count++] = d & mask)] = 1;
    }
    this.#count = count;
    this.features = features;
    return d;
  }

  /** The same for a long text, in which all but everything is found soon: each state is noted, whether it completes literals or not. */
  #passLong(bytes: Uint8Array, length: number): number {
    const classOf = this.#classOf;
    const next = this.#next;
    const shift = this.#shift;
    const mask = this.#mask;
    const steps = (length + 3 * this.#overlap + 3) >> 2;
    const second = Math.floor((length - steps) / 3);
    const third = Math.floor((2 * (length - steps)) / 3);
    const fourth = length - steps;
    const isNoted = this.#isNoted;
    let features = 0;
    let a = this.#start & mask;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let at = 0; at < steps; at++) {
      const w = bytes[at]!;
      const x = bytes[second + at]!;
      const y = bytes[third + at]!;
      const z = bytes[fourth + at]!;
      features |= FEATURE_OF[w]! | FEATURE_OF[x]! | FEATURE_OF[y]! | FEATURE_OF[z]!;
      a = next[(a << shift) + classOf[w]!]! & mask;
      b = next[(b << shift) + classOf[x]!]! & mask;
      c = next[(c << shift) + classOf[y]!]! & mask;
      d = next[(d << shift) + classOf[z]!]! & mask;
      isNoted[a] = isNoted[b] = isNoted[c] = isNoted[d] = 1;
    }
    this.features = features;
    return d;
  }

  /** Of the states that were noted, those that complete literals. */
  #gather(): void {
    const fours = this.#notedFours;
    const isNoted = this.#isNoted;
    const outputAt = this.#outputAt;
    const states = this.#states;
    let count = this.#count;
    for (let four = 0; four < fours.length; four++) {
      let noted = fours[four]!;
      if (noted === 0) continue;
      fours[four] = 0;
      for (; noted !== 0; noted &= noted - 1) {
        const state = (four << 2) + ((31 - Math.clz32(noted & -noted)) >> 3);
        if (outputAt[state] !== 0) isNoted[(states[count++] = state)] = 1;
      }
    }
    this.#count = count;
  }

  #note(cell: number): void {
    const state = cell & this.#mask;
    if ((cell & this.#bit) === 0 || this.#isNoted[state] === 1) return;
    this.#isNoted[state] = 1;
    this.#states[this.#count++] = state;
  }

  #clauses(): readonly number[] {
    const outputs = this.#outputs;
    const outputAt = this.#outputAt;
    const states = this.#states;
    const isNoted = this.#isNoted;
    const isFound = this.#isFound;
    const clauses = this.#found;
    const count = this.#count;
    let size = 0;
    for (let index = 0; index < count; index++) {
      const state = states[index]!;
      isNoted[state] = 0;
      let at = outputAt[state]!;
      for (const end = at + outputs[at]!; at < end;) {
        const clause = outputs[++at]!;
        if (isFound[clause] === 1) continue;
        isFound[clause] = 1;
        clauses[size++] = clause;
      }
    }
    this.#count = 0;
    // Of just that size: an array that grows takes room for seventeen.
    const found = new Array<number>(size);
    for (let index = 0; index < size; index++) isFound[(found[index] = clauses[index]!)] = 0;
    return found;
  }
}

/** Whether all of `clauses` were found. */
export function holdsAll(found: readonly number[], clauses: readonly number[]): boolean {
  for (let i = 0; i < clauses.length; i++) if (!found.includes(clauses[i]!)) return false;
  return true;
}
