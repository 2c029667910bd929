import { FRAME, FrameStack } from './frame-stack.js';
import { BACK, INNER, RUN, type BacktrackingProgram } from './backtracking-program.js';
import { holdsAt } from './positions.js';

/** What a search came to: `exceeded` when the steps allowed were not enough to tell. */
export type SearchOutcome = 'matched' | 'failed' | 'exceeded';

/** Steps allowed for one search, and for each byte of its text; a step costs some nanoseconds. */
const BASE_STEPS = 200_000;
const STEPS_PER_BYTE = 8;
/** `branch`: instruction and position to go on at. `slot`: one to put back. `shorter` and `longer`: a run that may take less or more. */
const KIND = { branch: 0, slot: 1, shorter: 2, longer: 3 } as const;

/** Decides patterns that no finite machine can (references, atomic groups) by backtracking with a bounded number of steps. */
export class BacktrackingMachine {
  /** Positions of the groups after a search that matched; -1 where one took no part. */
  readonly slots: Int32Array;
  /** Steps of the last search. */
  steps = 0;
  /** Steps that the last search was allowed. */
  stepLimit = 0;
  readonly #program: BacktrackingProgram;
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;
  readonly #frames = new FrameStack();
  /** Where the instruction popped last goes on. */
  #position = 0;

  constructor(program: BacktrackingProgram) {
    this.#program = program;
    this.slots = new Int32Array(program.slotCount);
  }

  /**
   * Looks for the leftmost match that begins at `first` or later (where `begins` is 1, if it is given), for as many steps as a search of
   * all the text may take.
   */
  search(bytes: Uint8Array, length: number, first: number, begins: Uint8Array | null): SearchOutcome {
    this.#bytes = bytes;
    this.#length = length;
    this.stepLimit = BASE_STEPS + STEPS_PER_BYTE * length;
    this.steps = 0;
    this.#frames.clear();
    for (let start = first; start <= length; start++) {
      if (begins !== null && begins[start] !== 1) continue;
      this.slots.fill(-1);
      this.#frames.top = 0;
      const end = this.#run(0, start, -1);
      if (this.steps > this.stepLimit) return 'exceeded';
      if (end >= 0) return 'matched';
    }
    return 'failed';
  }

  /** Runs from an instruction to `match` or `done`; gives where that ended (`until`, where that is not -1), or -1. */
  #run(first: number, start: number, until: number): number {
    const { op, x, y, z, w, holds } = this.#program;
    const bytes = this.#bytes;
    const length = this.#length;
    const slots = this.slots;
    const base = this.#frames.top;
    let at = first;
    let position = start;
    for (;;) {
      if (++this.steps > this.stepLimit) return -1;
      let isAlive = true;
      switch (op[at]) {
        case BACK.set:
          isAlive = position < length && holds[x[at]! * 256 + bytes[position]!] === 1;
          position++;
          at++;
          break;
        case BACK.run: {
          const end = this.#take(at, position);
          isAlive = end - position >= y[at]!;
          if (isAlive && w[at] === RUN.greedy && end > position + y[at]!) this.#frames.push(KIND.shorter, at + 1, position + y[at]!, end);
          if (isAlive && w[at] === RUN.lazy && z[at]! > y[at]!)
            this.#frames.push(KIND.longer, at, end, Math.min(length, position + z[at]!));
          position = end;
          at++;
          break;
        }
        case BACK.split:
          this.#frames.push(KIND.branch, y[at]!, position, 0);
          at = x[at]!;
          break;
        case BACK.jump:
          at = x[at]!;
          break;
        case BACK.save:
        case BACK.enter:
          this.#frames.push(KIND.slot, x[at]!, slots[x[at]!]!, 0);
          slots[x[at]!] = position;
          at++;
          break;
        case BACK.again:
          at = slots[x[at]!] === position ? at + 1 : y[at]!;
          break;
        case BACK.assert:
          isAlive = holdsAt(x[at]!, position, bytes, length);
          at++;
          break;
        case BACK.reference: {
          const taken = this.#referenceLength(x[at]!, y[at] === 1, position);
          isAlive = taken >= 0;
          position += taken;
          at++;
          break;
        }
        case BACK.inner: {
          const end = this.#inner(at, position);
          isAlive = end >= 0;
          if (x[at] === INNER.atomic) position = end;
          at = y[at]!;
          break;
        }
        case BACK.done:
          if (until < 0 || position === until) return position;
          isAlive = false;
          break;
        default:
          return position;
      }
      if (isAlive) continue;
      at = this.#pop(base);
      if (at < 0) return -1;
      position = this.#position;
    }
  }

  /** Where a run from a position first stops: at its end when it is greedy, as soon as it may when it is lazy. */
  #take(at: number, position: number): number {
    const { x, y, z, w, holds } = this.#program;
    const set = x[at]! * 256;
    const most = Math.min(this.#length, position + (w[at] === RUN.lazy ? y[at]! : z[at]!));
    let end = position;
    while (end < most && holds[set + this.#bytes[end]!] === 1) end++;
    this.steps += (end - position) >> 2;
    return end;
  }

  /** A match of its own: where it ends (where it began, for look-around that holds), or -1. */
  #inner(at: number, position: number): number {
    const { x, z } = this.#program;
    const kind = x[at]!;
    const base = this.#frames.top;
    let end = -1;
    if (kind === INNER.behind || kind === INNER.notBehind) {
      for (let start = position; end < 0 && start >= 0 && start >= position - z[at]!; start--) end = this.#run(at + 1, start, position);
    } else {
      end = this.#run(at + 1, position, -1);
    }
    if (this.steps > this.stepLimit) return -1;
    if (kind === INNER.notAhead || kind === INNER.notBehind) {
      this.#undo(base);
      return end < 0 ? position : -1;
    }
    this.#settle(base);
    return end;
  }

  /** How long the reference's text is where it stands here, or -1. A group that took no part is never found. */
  #referenceLength(group: number, ignoreCase: boolean, position: number): number {
    const from = this.slots[group * 2]!;
    const to = this.slots[group * 2 + 1]!;
    if (from < 0 || to < from || position + to - from > this.#length) return -1;
    this.steps += (to - from) >> 2;
    for (let i = 0; i < to - from; i++) {
      const a = this.#bytes[from + i]!;
      const b = this.#bytes[position + i]!;
      if (a !== b && !(ignoreCase && isSameLetter(a, b))) return -1;
    }
    return to - from;
  }

  /** The instruction to go on at, down to a height of the stack; -1 when there is none. */
  #pop(base: number): number {
    const stack = this.#frames.cells;
    while (this.#frames.top > base) {
      const frame = (this.#frames.top -= FRAME);
      const at = stack[frame + 1]!;
      switch (stack[frame]) {
        case KIND.slot:
          this.slots[at] = stack[frame + 2]!;
          break;
        case KIND.branch:
          this.#position = stack[frame + 2]!;
          return at;
        case KIND.shorter:
          this.#position = stack[frame + 3]! - 1;
          if (this.#position > stack[frame + 2]!) this.#frames.push(KIND.shorter, at, stack[frame + 2]!, this.#position);
          return at;
        default: {
          const { x, holds } = this.#program;
          const position = stack[frame + 2]!;
          if (position >= this.#length || position >= stack[frame + 3]! || holds[x[at]! * 256 + this.#bytes[position]!] !== 1) break;
          this.#frames.push(KIND.longer, at, position + 1, stack[frame + 3]!);
          this.#position = position + 1;
          return at + 1;
        }
      }
    }
    return -1;
  }

  /** Takes back what was noted above a height of the stack. */
  #undo(base: number): void {
    while (this.#frames.top > base) {
      const frame = (this.#frames.top -= FRAME);
      if (this.#frames.cells[frame] === KIND.slot) this.slots[this.#frames.cells[frame + 1]!] = this.#frames.cells[frame + 2]!;
    }
  }

  /** Gives up the choices above a height of the stack; what was noted stays, to be taken back later. */
  #settle(base: number): void {
    let kept = base;
    for (let frame = base; frame < this.#frames.top; frame += FRAME) {
      if (this.#frames.cells[frame] !== KIND.slot) continue;
      this.#frames.cells.copyWithin(kept, frame, frame + FRAME);
      kept += FRAME;
    }
    this.#frames.top = kept;
  }
}

function isSameLetter(a: number, b: number): boolean {
  const lower = a | 0x20;
  return lower === (b | 0x20) && lower >= 0x61 && lower <= 0x7a;
}
