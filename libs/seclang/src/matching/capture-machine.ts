import { OP, type Program } from './program.js';
import { holdsAt } from './positions.js';

/** Threads in order of preference: where each stands, and its slots one thread after the other. */
interface ThreadList {
  at: Int32Array;
  slots: Int32Array;
  count: number;
}

/**
 * Finds the groups of the match that begins at a given position, in time linear in the text: all ways are followed at once, in order of
 * preference. @see Pike: The text editor sam (1987)
 */
export class CaptureMachine {
  readonly #program: Program;
  readonly #marks: Int32Array;
  /** Slots of the thread being followed. */
  readonly #noted: Int32Array;
  #stack: Int32Array = new Int32Array(256);
  #current: ThreadList;
  #next: ThreadList;
  #generation = 0;

  constructor(program: Program) {
    this.#program = program;
    this.#marks = new Int32Array(program.op.length);
    this.#noted = new Int32Array(program.slotCount);
    this.#current = newList(program.slotCount);
    this.#next = newList(program.slotCount);
  }

  /** Positions of the groups, or null when no match begins at `start`. */
  capture(bytes: Uint8Array, length: number, start: number, looks: Uint8Array | null): Int32Array | null {
    const { op, x, sets, slotCount } = this.#program;
    let found: Int32Array | null = null;
    this.#noted.fill(-1);
    this.#current.count = 0;
    this.#generation++;
    this.#follow(0, start, bytes, length, looks, this.#current);
    for (let position = start; this.#current.count > 0; position++) {
      const { at, slots, count } = this.#current;
      const next = this.#next;
      next.count = 0;
      this.#generation++;
      for (let thread = 0; thread < count; thread++) {
        const instruction = at[thread]!;
        if (op[instruction] === OP.match) {
          // Threads behind this one are less preferred.
          found = slots.slice(thread * slotCount, (thread + 1) * slotCount);
          break;
        }
        if (position >= length || !sets[x[instruction]!]!.has(bytes[position]!)) continue;
        for (let slot = 0; slot < slotCount; slot++) this.#noted[slot] = slots[thread * slotCount + slot]!;
        this.#follow(instruction + 1, position + 1, bytes, length, looks, next);
      }
      this.#next = this.#current;
      this.#current = next;
    }
    return found;
  }

  /** Adds the threads reachable from an instruction without reading, most preferred first. */
  #follow(from: number, position: number, bytes: Uint8Array, length: number, looks: Uint8Array | null, into: ThreadList): void {
    const { op, x, y } = this.#program;
    const noted = this.#noted;
    let top = this.#push(0, from, 0);
    while (top > 0) {
      const at = this.#stack[(top -= 2)]!;
      if (at < 0) {
        noted[-1 - at] = this.#stack[top + 1]!;
        continue;
      }
      if (this.#marks[at] === this.#generation) continue;
      this.#marks[at] = this.#generation;
      switch (op[at]) {
        case OP.jump:
          top = this.#push(top, x[at]!, 0);
          break;
        case OP.split:
          top = this.#push(top, y[at]!, 0);
          top = this.#push(top, x[at]!, 0);
          break;
        case OP.save:
          top = this.#push(top, -1 - x[at]!, noted[x[at]!]!);
          noted[x[at]!] = position;
          top = this.#push(top, at + 1, 0);
          break;
        case OP.assert:
          if (holdsAt(x[at]!, position, bytes, length)) top = this.#push(top, at + 1, 0);
          break;
        case OP.look:
          if (looks !== null && ((looks[position]! >> x[at]!) & 1) === 1) top = this.#push(top, at + 1, 0);
          break;
        default:
          addThread(into, at, noted);
      }
    }
  }

  #push(top: number, at: number, value: number): number {
    if (top + 2 > this.#stack.length) this.#stack = grown(this.#stack);
    this.#stack[top] = at;
    this.#stack[top + 1] = value;
    return top + 2;
  }
}

function newList(slotCount: number): ThreadList {
  return { at: new Int32Array(16), slots: new Int32Array(16 * slotCount), count: 0 };
}

function addThread(list: ThreadList, at: number, slots: Int32Array): void {
  if (list.count === list.at.length) {
    list.at = grown(list.at);
    list.slots = grown(list.slots);
  }
  list.at[list.count] = at;
  list.slots.set(slots, list.count * slots.length);
  list.count++;
}

function grown(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
