import { FRAME, FrameStack } from './frame-stack.js';
import { OP, type Program } from './program.js';
import { holdsAt } from './positions.js';

/** Pairs of branching instruction and position that can be remembered, one bit each. */
const MAX_PAIRS = 1 << 28;
/** Pairs that are visited before the attempt is given up: what it goes back to takes memory. The machine that then does it takes longer. */
const MAX_VISITS = 1 << 22;

/** What stands for an instruction or position where there is none: the text is too long for this way. */
const BEYOND = -2;

/** What an attempt came to: `beyond` is more work, or a longer text, than is right for this way. */
export type Attempt = 'matched' | 'failed' | 'beyond';

/** `branch`: instruction and position to go on at. `slot`: one to put back. `shorter` and `longer`: a run that may take less or more. */
const KIND = { branch: 0, slot: 1, shorter: 2, longer: 3 } as const;

/** One bit for each visited pair, a row for each branching instruction. Shared: an attempt is never interrupted. */
const visited = { words: new Uint32Array(4096) };
/** Words of a row that are made ready at least at once. */
const FIRST_WORDS = 16;

/**
 * Finds the groups of a match by backtracking that never goes the same way twice, so that work is bounded by the instructions times the
 * text. Takes programs with `run` instructions.
 */
export class MemoBacktracker {
  /** Positions of the groups after an attempt that matched; -1 where one took no part. */
  readonly slots: Int32Array;
  /** Branching instructions of the program. */
  readonly branchCount: number;
  readonly #program: Program;
  /** Which bytes a set holds: `holds[set * 256 + byte]`. */
  readonly #holds: Uint8Array;
  /** Number of a branching instruction (`split`, `run`). */
  readonly #branchOf: Int32Array;
  /** What a thread at an instruction takes first, as a place in `holds`: anything else ends it there. -1 where that isn't told. */
  readonly #wanted: Int32Array;
  readonly #frames = new FrameStack();
  #visits = 0;
  #position = 0;
  // The text in hand: its window of positions that can be remembered begins at `base`.
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;
  #base = 0;
  #window = 0;
  /** Words of a row, and by row how many of them are ready: most of a pattern's branches are never come to. */
  #rowWords = 0;
  readonly #readyWords: Int32Array;

  constructor(program: Program) {
    this.#program = program;
    this.slots = new Int32Array(program.slotCount);
    this.#holds = new Uint8Array(program.sets.length * 256);
    program.sets.forEach((set, number) => {
      for (const byte of set.bytes()) this.#holds[number * 256 + byte] = 1;
    });
    this.#branchOf = new Int32Array(program.op.length);
    let branches = 0;
    program.op.forEach((op, at) => {
      if (op === OP.split || op === OP.run) this.#branchOf[at] = branches++;
    });
    this.branchCount = branches;
    this.#readyWords = new Int32Array(branches);
    this.#wanted = Int32Array.from(program.op, (_, at) => wantedAt(program, at));
  }

  /** Looks for a match that begins at a position from `first` to `last`, the leftmost and most preferred. */
  search(bytes: Uint8Array, length: number, first: number, last: number, looks: Uint8Array | null): Attempt {
    this.#bytes = bytes;
    this.#length = length;
    this.#base = first;
    this.#window = Math.min(length - first + 1, Math.trunc(MAX_PAIRS / (this.branchCount + 1)));
    this.#visits = 0;
    this.#frames.clear();
    // The end of a text is a position too, and so is that of a window.
    this.#rowWords = (this.#window + 32) >>> 5;
    this.#readyWords.fill(0);
    if (visited.words.length < this.#rowWords * this.branchCount) visited.words = new Uint32Array(this.#rowWords * this.branchCount);
    const wanted = this.#wanted[0]!;
    for (let start = first; start <= last; start++) {
      if (wanted >= 0 && (start >= length || this.#holds[wanted + bytes[start]!] !== 1)) continue;
      const attempt = this.#run(start, looks);
      if (attempt !== 'failed') return attempt;
    }
    return 'failed';
  }

  #run(start: number, looks: Uint8Array | null): Attempt {
    const { op, x, y } = this.#program;
    const { slots } = this;
    const holds = this.#holds;
    const bytes = this.#bytes;
    const length = this.#length;
    const end = this.#base + this.#window;
    slots.fill(-1);
    this.#frames.top = 0;
    let at = 0;
    let position = start;
    for (;;) {
      let isAlive = true;
      switch (op[at]) {
        case OP.bytes:
          isAlive = position < length && holds[x[at]! * 256 + bytes[position]!] === 1;
          position++;
          at++;
          break;
        case OP.split:
          if (position >= end || this.#visits > MAX_VISITS) return 'beyond';
          isAlive = this.#visit(at, position);
          if (!isAlive) break;
          this.#frames.push(KIND.branch, y[at]!, position, 0);
          at = x[at]!;
          break;
        case OP.run: {
          if (position >= end || this.#visits > MAX_VISITS) return 'beyond';
          isAlive = this.#visit(at, position);
          if (!isAlive) break;
          if (y[at] === 1) {
            this.#frames.push(KIND.longer, at, position, 0);
          } else {
            const last = this.#takeAll(at, position);
            if (last >= end) return 'beyond';
            if (last > position) this.#frames.push(KIND.shorter, at + 1, position, last);
            position = last;
          }
          at++;
          break;
        }
        case OP.jump:
          at = x[at]!;
          break;
        case OP.save:
          this.#frames.push(KIND.slot, x[at]!, slots[x[at]!]!, 0);
          slots[x[at]!] = position;
          at++;
          break;
        case OP.assert:
          isAlive = holdsAt(x[at]!, position, bytes, length);
          at++;
          break;
        case OP.look:
          isAlive = looks !== null && ((looks[position]! >> x[at]!) & 1) === 1;
          at++;
          break;
        default:
          return 'matched';
      }
      if (isAlive) continue;
      at = this.#pop();
      if (at < 0) return at === BEYOND ? 'beyond' : 'failed';
      position = this.#position;
    }
  }

  /** Where a greedy run stops: at a byte that it can't take, or before a position from which it has gone on already. */
  #takeAll(at: number, position: number): number {
    const holds = this.#holds;
    const bytes = this.#bytes;
    const set = this.#program.x[at]! * 256;
    const most = Math.min(this.#length, this.#base + this.#window);
    let last = position;
    while (last < most && holds[set + bytes[last]!] === 1) last++;
    return this.#visitAll(at, position + 1, last) - 1;
  }

  /** Marks pairs of a branching instruction with positions from `first` to `last`. Gives the first that was marked before, or the one behind `last`. */
  #visitAll(at: number, first: number, last: number): number {
    const branch = this.#branchOf[at]!;
    const row = branch * this.#rowWords;
    const { words } = visited;
    const end = last - this.#base + 1;
    for (let offset = first - this.#base; offset < end;) {
      const word = offset >>> 5;
      if (word >= this.#readyWords[branch]!) this.#makeReady(branch, ((end - 1) >>> 5) + 1);
      const next = Math.min(end, (word + 1) << 5);
      // As many bits as there are positions up to `next`.
      const bits = (-1 >>> (32 - (next - offset))) << (offset & 31);
      const known = words[row + word]! & bits;
      if (known !== 0) {
        const before = (known & -known) - 1;
        words[row + word]! |= bits & before;
        return (word << 5) + (31 - Math.clz32(known & -known)) + this.#base;
      }
      words[row + word]! |= bits;
      this.#visits++;
      offset = next;
    }
    return last + 1;
  }

  /** Marks a pair of branching instruction and position; false when it was marked before. */
  #visit(at: number, position: number): boolean {
    const branch = this.#branchOf[at]!;
    const offset = position - this.#base;
    if (offset >>> 5 >= this.#readyWords[branch]!) this.#makeReady(branch, (offset >>> 5) + 1);
    const index = branch * this.#rowWords + (offset >>> 5);
    const bit = 1 << (offset & 31);
    const word = visited.words[index]!;
    if ((word & bit) !== 0) return false;
    visited.words[index] = word | bit;
    this.#visits++;
    return true;
  }

  /** Forgets former attempts in the row of a branch, up to at least so many words. */
  #makeReady(branch: number, least: number): void {
    const ready = this.#readyWords[branch]!;
    const words = Math.min(this.#rowWords, Math.max(least, ready * 2, FIRST_WORDS));
    const row = branch * this.#rowWords;
    visited.words.fill(0, row + ready, row + words);
    this.#readyWords[branch] = words;
  }

  /** The instruction to go on at, with its position in the field; -1 when there is none. Groups noted since are put back. */
  #pop(): number {
    const stack = this.#frames.cells;
    while (this.#frames.top > 0) {
      const frame = (this.#frames.top -= FRAME);
      const at = stack[frame + 1]!;
      const position = stack[frame + 2]!;
      switch (stack[frame]) {
        case KIND.slot:
          this.slots[at] = position;
          break;
        case KIND.branch:
          this.#position = position;
          return at;
        case KIND.shorter:
          this.#position = this.#wantedBefore(at, position, stack[frame + 3]!);
          if (this.#position > position) this.#frames.push(KIND.shorter, at, position, this.#position);
          return at;
        default: {
          const taken = this.#takeMore(at, position);
          if (taken === BEYOND) return BEYOND;
          if (taken < 0) break;
          this.#frames.push(KIND.longer, at, taken, 0);
          this.#position = taken;
          return at + 1;
        }
      }
    }
    return -1;
  }

  /** The last position before `end` from which an instruction can go on, down to `least`. */
  #wantedBefore(at: number, least: number, end: number): number {
    const wanted = this.#wanted[at]!;
    let position = end - 1;
    if (wanted < 0) return position;
    const holds = this.#holds;
    const bytes = this.#bytes;
    while (position > least && holds[wanted + bytes[position]!] !== 1) position--;
    return position;
  }

  /** The next position up to which a lazy run can go, with what comes after it having what it wants there; -1 or BEYOND where there is none. */
  #takeMore(at: number, position: number): number {
    const holds = this.#holds;
    const bytes = this.#bytes;
    const set = this.#program.x[at]! * 256;
    const wanted = this.#wanted[at + 1]!;
    const end = this.#base + this.#window;
    for (let next = position; next < this.#length && holds[set + bytes[next]!] === 1;) {
      if (++next >= end) return BEYOND;
      if (!this.#visit(at, next)) return -1;
      if (wanted < 0 || (next < this.#length && holds[wanted + bytes[next]!] === 1)) return next;
    }
    return -1;
  }
}

function wantedAt({ op, x }: Program, from: number): number {
  let at = from;
  while (op[at] === OP.save || op[at] === OP.jump) at = op[at] === OP.jump ? x[at]! : at + 1;
  return op[at] === OP.bytes ? x[at]! * 256 : -1;
}
