import { isWordByte } from './byte-classes.js';
import { ASSERTIONS, OP, type Program } from './program.js';

/** A thread of the machine: where it stands and what it has noted. */
interface Thread {
  readonly at: number;
  readonly slots: readonly number[];
}

/**
 * Finds the leftmost match with its groups, in time linear in the text: all ways are followed at once, in order of preference.
 * @see Pike: The text editor sam (1987)
 */
export class CaptureMachine {
  readonly #program: Program;
  readonly #marks: Int32Array;
  #generation = 0;

  constructor(program: Program) {
    this.#program = program;
    this.#marks = new Int32Array(program.op.length);
  }

  capture(text: string): (string | undefined)[] | null {
    const { op, x, sets, slotCount } = this.#program;
    const empty: readonly number[] = new Array<number>(slotCount).fill(-1);
    let threads: Thread[] = [];
    let found: readonly number[] | null = null;
    for (let position = 0; position <= text.length; position++) {
      this.#generation++;
      const ready: Thread[] = [];
      for (const thread of threads) this.#follow(thread.at, thread.slots, position, text, ready);
      if (found === null) this.#follow(0, empty, position, text, ready);
      if (ready.length === 0 && found !== null) break;
      threads = [];
      const byte = position < text.length ? text.charCodeAt(position) : -1;
      for (const { at, slots } of ready) {
        if (op[at] === OP.match) {
          // Threads behind this one are less preferred.
          found = slots;
          break;
        }
        if (byte >= 0 && sets[x[at]!]!.has(byte)) threads.push({ at: at + 1, slots });
      }
    }
    return found === null ? null : groupsOf(found, text);
  }

  /** Adds the threads reachable from an instruction without reading, most preferred first. */
  #follow(start: number, noted: readonly number[], position: number, text: string, into: Thread[]): void {
    const { op, x, y } = this.#program;
    const stack: Thread[] = [{ at: start, slots: noted }];
    for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
      const { at, slots } = thread;
      if (this.#marks[at] === this.#generation) continue;
      this.#marks[at] = this.#generation;
      switch (op[at]) {
        case OP.jump:
          stack.push({ at: x[at]!, slots });
          break;
        case OP.split:
          stack.push({ at: y[at]!, slots }, { at: x[at]!, slots });
          break;
        case OP.save:
          stack.push({ at: at + 1, slots: slots.with(x[at]!, position) });
          break;
        case OP.assert:
          if (holdsAt(x[at]!, position, text)) stack.push({ at: at + 1, slots });
          break;
        default:
          into.push(thread);
      }
    }
  }
}

function holdsAt(assertion: number, position: number, text: string): boolean {
  const isBefore = position > 0 && isWordByte(text.charCodeAt(position - 1));
  const isAfter = position < text.length && isWordByte(text.charCodeAt(position));
  switch (ASSERTIONS[assertion]) {
    case 'start':
      return position === 0;
    case 'end':
      return position === text.length;
    case 'line-start':
      return position === 0 || text.charCodeAt(position - 1) === 0x0a;
    case 'line-end':
      return position === text.length || text.charCodeAt(position) === 0x0a;
    case 'word':
      return isBefore !== isAfter;
    case 'not-word':
      return isBefore === isAfter;
    default:
      return false;
  }
}

function groupsOf(slots: readonly number[], text: string): (string | undefined)[] {
  const groups: (string | undefined)[] = [];
  for (let slot = 0; slot < slots.length; slot += 2) {
    const start = slots[slot]!;
    const end = slots[slot + 1]!;
    groups.push(start < 0 || end < 0 ? undefined : text.slice(start, end));
  }
  return groups;
}
