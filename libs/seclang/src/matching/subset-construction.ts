import { byteClassesOf, isWordByte, type ByteClasses } from './byte-classes.js';
import { ASSERTIONS, OP, type Program } from './program.js';

/** What stands before a position. Words and newlines are told apart only where the program asks for them. */
export const BEFORE = { start: 0, other: 1, word: 2, newline: 3 } as const;
const BEFORE_KINDS = 4;

/** What a step found: a match ends at the position it began at, or (whatever follows) at the one it leads to. */
export const STEP = { matchedHere: 1, matchedNext: 2 } as const;

/** Numbers kept of what waits behind instructions: of a pattern that may leave out nearly all of itself that would be its square. */
const MAX_BEHIND = 1 << 18;
/** Stands in place of where it is kept. */
const NOT_KEPT = -1;

/** What an instruction waits for that is no byte. */
const WANTS = { nothing: -1, answer: -2 } as const;

const [START, END, , LINE_START, LINE_END, WORD] = ASSERTIONS.keys();

/** Where the threads that begin at a position get to by one symbol; the same for every position with the same surroundings. */
interface StartStep {
  readonly flags: number;
  readonly members: Int32Array;
}

const NO_START: StartStep = { flags: 0, members: new Int32Array(0) };

/** Instructions that wait for a byte, and what stands before them (BEFORE). */
export interface Configuration {
  readonly members: Int32Array;
  readonly before: number;
}

/**
 * Follows all ways through a program at once, one symbol after the other: a symbol is the class of a byte or the end, together with
 * which look-arounds hold before it. A configuration is the set of instructions that wait for a byte, less those of threads that begin
 * right here (they always do, unless the construction is told otherwise). Work per step is bounded by the instructions reached.
 */
export class SubsetConstruction {
  readonly classes: ByteClasses;
  /** Symbols of one set of look-arounds: the classes and the end. */
  readonly stride: number;
  readonly symbolCount: number;
  /** Whether threads can begin anywhere but at the start. */
  readonly canBegin: boolean;
  /** Result of the last step. */
  members: Int32Array;
  count = 0;
  before: number = BEFORE.start;
  /** Order-independent hash of the members. */
  hash = 0;
  readonly #program: Program;
  readonly #begins: boolean;
  readonly #isWordAware: boolean;
  readonly #isLineAware: boolean;
  readonly #starts: (StartStep | undefined)[];
  // Scratch sets: an instruction is in the set when its mark is the current generation.
  readonly #marks: Int32Array;
  readonly #stack: Int32Array;
  readonly #ready: Int32Array;
  #readyCount = 0;
  /** Instructions that take the symbol in hand. */
  readonly #taking: Int32Array;
  #takers = 0;
  /** Whether the program has come to its end where the symbol begins. */
  #isMatched = false;
  /** By instruction: where its set begins in `accepts`, or WANTS. */
  readonly #wants: Int32Array;
  /** By instruction: where in `#behind` stands what waits behind it; 0 before that is known. */
  readonly #behindAt: Int32Array;
  /** Twice the number of the instructions, plus one where the program may end there, and the instructions. */
  #behind = new Int32Array(256);
  #behindCount = 1;
  #generation = 0;

  /** Without `begins`, no thread begins anywhere: what is followed is given as a configuration. */
  constructor(program: Program, begins = true) {
    this.#program = program;
    this.#begins = begins;
    this.classes = byteClassesOf(program);
    this.stride = this.classes.count + 1;
    this.symbolCount = this.stride << program.looks.length;
    const asserted = (...wanted: number[]): boolean => program.op.some((op, at) => op === OP.assert && wanted.includes(program.x[at]!));
    this.#isWordAware = asserted(ASSERTIONS.indexOf('word'), ASSERTIONS.indexOf('not-word'));
    this.#isLineAware = asserted(ASSERTIONS.indexOf('line-start'), ASSERTIONS.indexOf('line-end'));
    const size = program.op.length;
    this.#starts = new Array<StartStep | undefined>(BEFORE_KINDS * this.symbolCount).fill(undefined);
    this.#marks = new Int32Array(size);
    this.#stack = new Int32Array(size * 2 + 2);
    this.#ready = new Int32Array(size);
    this.#taking = new Int32Array(size);
    this.#wants = Int32Array.from(program.op, (op, at) => wantedBy(op, program.x[at]!, this.stride));
    this.#behindAt = new Int32Array(size);
    this.members = new Int32Array(size);
    this.#generation++;
    this.#enter(0, BEFORE.other, null);
    this.canBegin = begins && this.count > 0;
    this.#clear();
  }

  /** Makes a given configuration the result. */
  load(members: Int32Array, before: number): void {
    this.#clear();
    for (const at of members) {
      this.#marks[at] = this.#generation;
      this.#add(at);
    }
    this.before = before;
  }

  /** Makes what stands behind a byte where no thread is under way the result. */
  rest(previous: number): void {
    this.#clear();
    this.before = this.#beforeOf(this.classes.classOf[previous]!);
  }

  /** Makes the threads that begin between two bytes (-1: none there) the result. `previous` is the one read before. */
  begin(previous: number): void {
    const before = previous < 0 ? BEFORE.start : this.#beforeOf(this.classes.classOf[previous]!);
    this.#clear();
    this.#enter(0, before, null);
    this.before = before;
  }

  /** The symbol of a byte class (-1: the end) where the look-arounds of `bits` hold. */
  symbolOf(byteClass: number, bits: number): number {
    return bits * this.stride + (byteClass < 0 ? this.stride - 1 : byteClass);
  }

  /** Whether a configuration is one that nothing can come of any more. */
  isDead(): boolean {
    return this.count === 0 && !this.canBegin;
  }

  /** Whether the last result has just these members. */
  equals(members: Int32Array, from: number, to: number): boolean {
    if (to - from !== this.count) return false;
    for (let i = from; i < to; i++) if (this.#marks[members[i]!] !== this.#generation) return false;
    return true;
  }

  /** Takes one symbol from the configuration in `members`; gives STEP flags, and the next configuration in the fields. */
  step(members: Int32Array, from: number, to: number, before: number, symbol: number): number {
    const byteClass = symbol % this.stride;
    const start = this.#begins ? (this.#starts[before * this.symbolCount + symbol] ??= this.#startStep(before, symbol)) : NO_START;
    let { flags } = start;
    if (!this.#take(members, from, to, byteClass)) {
      this.#resolve(members, from, to, before, symbol);
      this.#take(this.#ready, 0, this.#readyCount, byteClass);
    }
    if (this.#isMatched) flags |= STEP.matchedHere;
    for (let i = 0; i < this.#takers; i++) if (this.#behindAt[this.#taking[i]!] === 0) this.#learn(this.#taking[i]!);
    this.#clear();
    if (this.#addBehind()) flags |= STEP.matchedNext;
    this.#addAll(start.members, 0, start.members.length);
    // What can't go on is the same wherever it stands.
    this.before = this.isDead() ? BEFORE.start : this.#beforeOf(byteClass);
    return flags;
  }

  /** Notes which of the waiting instructions take the symbol. False where something has to be asked before. */
  #take(waiting: Int32Array, first: number, last: number, byteClass: number): boolean {
    const taking = this.#taking;
    const wants = this.#wants;
    const { accepts } = this.classes;
    this.#takers = 0;
    this.#isMatched = false;
    for (let i = first; i < last; i++) {
      const at = waiting[i]!;
      const wanted = wants[at]!;
      if (wanted === WANTS.answer) return false;
      if (wanted === WANTS.nothing) this.#isMatched = true;
      else if (accepts[wanted + byteClass] === 1) taking[this.#takers++] = at;
    }
    return true;
  }

  /** Finds out what waits behind an instruction that takes a byte. It is the same wherever that stands: behind a byte no text starts. */
  #learn(at: number): void {
    this.#clear();
    const isMatch = this.#enter(at + 1, BEFORE.other, null);
    const { count } = this;
    if (this.#behindCount + count >= MAX_BEHIND) {
      this.#behindAt[at] = NOT_KEPT;
      return;
    }
    while (this.#behindCount + count + 1 > this.#behind.length) {
      const larger = new Int32Array(this.#behind.length * 2);
      larger.set(this.#behind);
      this.#behind = larger;
    }
    this.#behindAt[at] = this.#behindCount;
    this.#behind[this.#behindCount++] = count * 2 + (isMatch ? 1 : 0);
    this.#behind.set(this.members.subarray(0, count), this.#behindCount);
    this.#behindCount += count;
  }

  /** Adds what waits behind all that take the symbol; whether the program may end there. */
  #addBehind(): boolean {
    const taking = this.#taking;
    const behind = this.#behind;
    let isMatch = 0;
    for (let i = 0; i < this.#takers; i++) {
      const from = this.#behindAt[taking[i]!]!;
      if (from === NOT_KEPT) {
        if (this.#enter(taking[i]! + 1, BEFORE.other, null)) isMatch = 1;
        continue;
      }
      const head = behind[from]!;
      isMatch |= head & 1;
      this.#addAll(behind, from + 1, from + 1 + (head >> 1));
    }
    return isMatch === 1;
  }

  #addAll(instructions: Int32Array, from: number, to: number): void {
    const marks = this.#marks;
    const generation = this.#generation;
    for (let i = from; i < to; i++) {
      const at = instructions[i]!;
      if (marks[at] === generation) continue;
      marks[at] = generation;
      this.#add(at);
    }
  }

  #clear(): void {
    this.#generation++;
    this.count = 0;
    this.hash = 0;
  }

  #add(at: number): void {
    this.members[this.count++] = at;
    this.hash = (this.hash + Math.imul(at + 1, 0x9e3779b1)) | 0;
  }

  #startStep(before: number, symbol: number): StartStep {
    const { op, x } = this.#program;
    const byteClass = symbol % this.stride;
    let flags = 0;
    this.#clear();
    this.#enter(0, before, null);
    const begun = this.members.slice(0, this.count);
    this.#resolve(begun, 0, begun.length, before, symbol);
    const ready = this.#ready.slice(0, this.#readyCount);
    this.#clear();
    for (const at of ready) {
      if (op[at] === OP.match) flags |= STEP.matchedHere;
      else if (op[at] === OP.bytes && this.classes.accepts[x[at]! * this.stride + byteClass] === 1) {
        if (this.#enter(at + 1, this.#beforeOf(byteClass), null)) flags |= STEP.matchedNext;
      }
    }
    return { flags, members: this.members.slice(0, this.count) };
  }

  /** Follows the assertions that hold between `before` and the symbol; what waits for a byte after them is in `ready`. */
  #resolve(members: Int32Array, from: number, to: number, before: number, symbol: number): void {
    const { op, x } = this.#program;
    this.#generation++;
    this.#readyCount = 0;
    const pending: number[] = [];
    for (let i = from; i < to; i++) {
      const at = members[i]!;
      this.#marks[at] = this.#generation;
      if (op[at] === OP.assert || op[at] === OP.look) pending.push(at);
      else this.#ready[this.#readyCount++] = at;
    }
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const holds = op[at] === OP.look ? ((Math.trunc(symbol / this.stride) >> x[at]!) & 1) === 1 : this.#holds(x[at]!, before, symbol);
      if (holds) this.#enter(at + 1, before, pending);
    }
  }

  /**
   * Adds what is reachable from an instruction without reading: to `members`, or with `pending` given to `ready` and `pending`.
   * True when that reaches the end of the program.
   */
  #enter(from: number, before: number, pending: number[] | null): boolean {
    const { op, x, y } = this.#program;
    const stack = this.#stack;
    let top = 0;
    let isMatch = false;
    stack[top++] = from;
    while (top > 0) {
      const at = stack[--top]!;
      if (this.#marks[at] === this.#generation) continue;
      this.#marks[at] = this.#generation;
      switch (op[at]) {
        case OP.jump:
          stack[top++] = x[at]!;
          break;
        case OP.split:
          stack[top++] = y[at]!;
          stack[top++] = x[at]!;
          break;
        case OP.save:
          stack[top++] = at + 1;
          break;
        case OP.assert:
          // What looks only backwards is decided at once, so that anchored patterns die early.
          if (x[at] === START) {
            if (before === BEFORE.start) stack[top++] = at + 1;
          } else if (pending === null) this.#add(at);
          else pending.push(at);
          break;
        case OP.look:
          if (pending === null) this.#add(at);
          else pending.push(at);
          break;
        default:
          isMatch ||= op[at] === OP.match;
          if (pending === null) this.#add(at);
          else this.#ready[this.#readyCount++] = at;
      }
    }
    return isMatch;
  }

  #holds(assertion: number, before: number, symbol: number): boolean {
    const byteClass = symbol % this.stride;
    const byte = byteClass === this.stride - 1 ? -1 : this.classes.representative[byteClass]!;
    switch (assertion) {
      case START:
        return before === BEFORE.start;
      case END:
        return byte < 0;
      case LINE_START:
        return before === BEFORE.start || before === BEFORE.newline;
      case LINE_END:
        return byte < 0 || byte === 0x0a;
      default:
        return ((before === BEFORE.word) !== (byte >= 0 && isWordByte(byte))) === (assertion === WORD);
    }
  }

  #beforeOf(byteClass: number): number {
    if (byteClass === this.stride - 1) return BEFORE.other;
    const byte = this.classes.representative[byteClass]!;
    if (this.#isLineAware && byte === 0x0a) return BEFORE.newline;
    return this.#isWordAware && isWordByte(byte) ? BEFORE.word : BEFORE.other;
  }
}

function wantedBy(op: number, x: number, stride: number): number {
  if (op === OP.bytes) return x * stride;
  return op === OP.match ? WANTS.nothing : WANTS.answer;
}
