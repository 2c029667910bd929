import { byteClassesOf, isWordByte, type ByteClasses } from './byte-classes.js';
import { ASSERTIONS, OP, type Program } from './program.js';

/** What stands before a position. Newlines are told apart only for line assertions. */
const BEFORE = { start: 0, other: 1, word: 2, newline: 3 } as const;

const UNKNOWN = -1;
const ACCEPT = -2;
const DEAD = -3;

/** States kept before the cache is emptied and grows anew. */
const MAX_STATES = 600;

interface State {
  /** Instructions that wait for a byte or for what follows, ascending. */
  readonly waiting: Int32Array;
  readonly before: number;
  /** Whether the text may end here: 0 unknown, 1 no, 2 yes. */
  atEnd: number;
}

/**
 * Decides whether a pattern matches anywhere in a text, in time linear in the text: a deterministic automaton whose states are made
 * when first reached and kept for the texts to come, in bounded memory.
 */
export class LazyAutomaton {
  readonly #program: Program;
  readonly #classes: ByteClasses;
  readonly #lineAware: boolean;
  readonly #states: State[] = [];
  readonly #numbers = new Map<string, number>();
  #next: Int32Array;
  // Scratch sets: an instruction is in the set when its mark is the current generation.
  readonly #marks: Int32Array;
  #generation = 0;
  /** The empty text matches without any assertion, and so every text does. */
  readonly #matchesEmpty: boolean;

  constructor(program: Program) {
    this.#program = program;
    this.#classes = byteClassesOf(program);
    this.#lineAware = program.op.some((op, at) => op === OP.assert && (ASSERTIONS[program.x[at]!] ?? '').startsWith('line'));
    this.#marks = new Int32Array(program.op.length);
    this.#next = new Int32Array(16 * this.#classes.count);
    this.#newSet();
    this.#matchesEmpty = this.#enter(0, BEFORE.start, []);
  }

  test(text: string): boolean {
    if (this.#matchesEmpty) return true;
    const { classOf, count } = this.#classes;
    let state = this.#initial();
    for (let i = 0; i < text.length; i++) {
      const byteClass = classOf[text.charCodeAt(i)]!;
      let next = this.#next[state * count + byteClass]!;
      if (next === UNKNOWN) next = this.#make(state, byteClass);
      if (next < 0) return next === ACCEPT;
      state = next;
    }
    return this.#endsIn(state);
  }

  #initial(): number {
    if (this.#states.length > 0) return 0;
    const waiting: number[] = [];
    this.#newSet();
    this.#enter(0, BEFORE.start, waiting);
    return this.#number(waiting, BEFORE.start);
  }

  #make(state: number, byteClass: number): number {
    if (this.#states.length >= MAX_STATES) return this.#makeAfterFlush(state, byteClass);
    const next = this.#step(this.#states[state]!, byteClass);
    this.#next[state * this.#classes.count + byteClass] = next;
    return next;
  }

  /** The cache is full: it is emptied, and the state in hand starts it anew (its own transition is not kept). */
  #makeAfterFlush(state: number, byteClass: number): number {
    const current = this.#states[state]!;
    this.#states.length = 0;
    this.#numbers.clear();
    this.#initial();
    return this.#step(current, byteClass);
  }

  #step({ waiting, before }: State, byteClass: number): number {
    const byte = this.#classes.representative[byteClass]!;
    const resolved = this.#resolve(waiting, before, byte);
    if (resolved === null) return ACCEPT;
    const after = this.#beforeOf(byte);
    const entered: number[] = [];
    this.#newSet();
    const { op, x } = this.#program;
    for (const at of resolved) {
      if (op[at] === OP.bytes && this.#classes.accepts[x[at]!]![byteClass] === 1 && this.#enter(at + 1, after, entered)) return ACCEPT;
    }
    // A match may also begin at the next position.
    if (this.#enter(0, after, entered)) return ACCEPT;
    if (entered.length === 0 && !this.#lineAware) return DEAD;
    return this.#number(entered, after);
  }

  /** Follows the assertions that hold before `byte` (-1: the end). Null when that completes a match. */
  #resolve(waiting: Int32Array, before: number, byte: number): readonly number[] | Int32Array | null {
    if (!this.#program.hasAssertions) return waiting;
    const { op, x } = this.#program;
    const resolved: number[] = [];
    this.#newSet();
    for (const at of waiting) this.#marks[at] = this.#generation;
    const pending: number[] = [...waiting];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (op[at] !== OP.assert) resolved.push(at);
      else if (this.#holds(x[at]!, before, byte) && this.#enter(at + 1, before, pending)) return null;
    }
    return resolved;
  }

  /** Adds what is reachable from an instruction without reading. True when that is the end of a match. */
  #enter(start: number, before: number, into: number[]): boolean {
    const { op, x, y } = this.#program;
    const stack = [start];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (this.#marks[at] === this.#generation) continue;
      this.#marks[at] = this.#generation;
      switch (op[at]) {
        case OP.match:
          return true;
        case OP.jump:
          stack.push(x[at]!);
          break;
        case OP.split:
          stack.push(x[at]!, y[at]!);
          break;
        case OP.save:
          stack.push(at + 1);
          break;
        case OP.assert:
          // What looks only backwards is decided at once, so that anchored patterns die early.
          if (ASSERTIONS[x[at]!] === 'start') {
            if (before === BEFORE.start) stack.push(at + 1);
          } else into.push(at);
          break;
        default:
          into.push(at);
      }
    }
    return false;
  }

  #holds(assertion: number, before: number, byte: number): boolean {
    switch (ASSERTIONS[assertion]) {
      case 'start':
        return before === BEFORE.start;
      case 'end':
        return byte < 0;
      case 'line-start':
        return before === BEFORE.start || before === BEFORE.newline;
      case 'line-end':
        return byte < 0 || byte === 0x0a;
      case 'word':
        return (before === BEFORE.word) !== (byte >= 0 && isWordByte(byte));
      case 'not-word':
        return (before === BEFORE.word) === (byte >= 0 && isWordByte(byte));
      default:
        return false;
    }
  }

  #endsIn(number: number): boolean {
    const state = this.#states[number]!;
    if (state.atEnd === 0) state.atEnd = this.#resolve(state.waiting, state.before, -1) === null ? 2 : 1;
    return state.atEnd === 2;
  }

  #beforeOf(byte: number): number {
    if (!this.#program.hasAssertions) return BEFORE.other;
    if (isWordByte(byte)) return BEFORE.word;
    return this.#lineAware && byte === 0x0a ? BEFORE.newline : BEFORE.other;
  }

  #newSet(): void {
    this.#generation++;
  }

  #number(waiting: number[], before: number): number {
    const sorted = Int32Array.from(waiting).sort();
    const key = `${before}:${sorted.join(',')}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#states.length;
    const { count } = this.#classes;
    this.#states.push({ waiting: sorted, before, atEnd: 0 });
    this.#numbers.set(key, number);
    if ((number + 1) * count > this.#next.length) {
      const grown = new Int32Array(this.#next.length * 2);
      grown.set(this.#next);
      this.#next = grown;
    }
    this.#next.fill(UNKNOWN, number * count, (number + 1) * count);
    return number;
  }
}
