import type { PatternNode } from '../pattern/pattern-node.js';
import { withoutLooseEnd, withoutLooseStart } from '../pattern/trim-pattern.js';
import { CaptureMachine } from './capture-machine.js';
import { LazyAutomaton } from './lazy-automaton.js';
import { LookBits } from './look-bits.js';
import { LookTable } from './look-table.js';
import { MarkingAutomaton, type MarkedText } from './marking-automaton.js';
import { MemoBacktracker } from './memo-backtracker.js';
import { compileProgram, type Program } from './program.js';
import { textBytes } from './text-bytes.js';

/** Up to this length a text is read as a string: filling an array costs more than it saves. */
const SHORT_TEXT = 40;
/** Up to so many branches times bytes, a match is looked for from the left without asking first where it begins. */
const SMALL_WORK = 4096;
/** Matches that began earlier and end later are looked for so many times. */
const MAX_ROUNDS = 8;
/** Bytes read for all matches of a text together, for each of its bytes. */
const READS_PER_BYTE = 64;

/** The machines that find where a match begins and what its groups are; made when they are first needed. */
interface CaptureMachines {
  readonly backtracker: MemoBacktracker;
  readonly machine: CaptureMachine;
  /** Where matches end, whether more begin or not. */
  readonly ends: MarkingAutomaton;
  readonly openEnds: MarkingAutomaton;
  /** Where the match that ends at a position begins. */
  readonly begins: MarkingAutomaton;
}

/** Decides a pattern in its finite form: everything here is linear in the text. */
export class FiniteSearch {
  readonly #node: PatternNode;
  readonly #groupCount: number;
  readonly #table: LookTable;
  readonly #looks: LookBits | null;
  readonly #automaton: LazyAutomaton;
  #machines: CaptureMachines | null = null;
  #allBegins: MarkingAutomaton | null = null;

  private constructor(node: PatternNode, groupCount: number, table: LookTable, program: Program, looks: LookBits | null) {
    this.#node = node;
    this.#groupCount = groupCount;
    this.#table = table;
    this.#looks = looks;
    this.#automaton = new LazyAutomaton(program);
  }

  /** For a pattern in finite form; null where it is too large. */
  static for(node: PatternNode, groupCount: number): FiniteSearch | null {
    const table = new LookTable(node);
    const program = compileProgram(withoutLooseEnd(withoutLooseStart(node)), { looks: table });
    if (program === null) return null;
    const looks = program.looks.length === 0 ? null : LookBits.for(program);
    return looks === null && program.looks.length > 0 ? null : new FiniteSearch(node, groupCount, table, program, looks);
  }

  get hasLookAround(): boolean {
    return this.#looks !== null;
  }

  test(text: string): boolean {
    return this.#firstEnd(text) >= 0;
  }

  capture(text: string): (string | undefined)[] | null {
    const firstEnd = this.#firstEnd(text);
    if (firstEnd < 0) return null;
    const { backtracker } = this.#captureMachines();
    const marked = this.#mark(text);
    if ((backtracker.branchCount + 4) * text.length <= SMALL_WORK) {
      const attempt = backtracker.search(marked.bytes, text.length, 0, text.length, marked.looks);
      return attempt === 'matched' ? groupsOf(backtracker.slots, text) : null;
    }
    const start = this.#leftmost(marked, firstEnd);
    const slots = start < 0 ? null : this.#captureAt(marked, start);
    return slots === null ? null : groupsOf(slots, text);
  }

  /** Makes the machines for `capture`. */
  prepareCaptures(): void {
    this.#captureMachines();
  }

  /**
   * The text of the first match that is valid, of matches that don't overlap; null when there is none. Where the matches are too many
   * bytes in all to be looked at, the one in hand counts as valid.
   */
  findValid(text: string, isValid: (candidate: string) => boolean): string | null {
    if (!this.test(text)) return null;
    const marked = this.#mark(text);
    const begins = this.#markBegins(marked);
    let reads = 0;
    for (let at = begins.indexOf(1); at >= 0; at = begins.indexOf(1, at)) {
      const end = this.#captureAt(marked, at)?.[1] ?? at;
      const candidate = text.slice(at, end);
      reads += text.length - at;
      if (isValid(candidate) || reads > READS_PER_BYTE * (text.length + SMALL_WORK)) return candidate;
      at = Math.max(end, at + 1);
    }
    return null;
  }

  /** 1 at each position of a text (0 to its length) where a match begins. */
  beginsIn(text: string): Uint8Array {
    return this.#markBegins(this.#mark(text));
  }

  /** Where the match that ends first ends, or -1. */
  #firstEnd(text: string): number {
    if (text.length <= SHORT_TEXT && this.#looks === null) return this.#automaton.firstEnd(text);
    const bytes = textBytes.of(text);
    return this.#automaton.firstEndIn(bytes, text.length, this.#looks === null ? null : this.#looks.of(bytes, text.length));
  }

  #markBegins(text: MarkedText): Uint8Array {
    if (this.#allBegins === null) {
      const reversed = compileProgram(withoutLooseEnd(this.#node), { reverse: true, looks: this.#table });
      if (reversed === null) throw new TypeError('a pattern whose search compiles compiles in reverse');
      this.#allBegins = new MarkingAutomaton(reversed, { reverse: true });
    }
    const begins = new Uint8Array(text.length + 1);
    this.#allBegins.mark(text, begins, 1);
    return begins;
  }

  #mark(text: string): MarkedText {
    const bytes = textBytes.of(text);
    return { bytes, length: text.length, looks: this.#looks === null ? null : this.#looks.of(bytes, text.length) };
  }

  /**
   * Where the leftmost match begins: the match that ends first is followed back to its beginning; then those that began before it, and
   * are still open there, are given the chance to end.
   */
  #leftmost(text: MarkedText, firstEnd: number): number {
    const { ends, openEnds, begins } = this.#captureMachines();
    if (ends.isAnchored) return 0;
    let start = begins.leftmost(text, firstEnd);
    for (let round = 0; round < MAX_ROUNDS && start > 0; round++) {
      const end = openEnds.first(text, start, ends.configurationAt(text, start));
      if (end < 0) break;
      start = begins.leftmost(text, end);
    }
    return start;
  }

  #captureAt({ bytes, length, looks }: MarkedText, start: number): Int32Array | null {
    const { backtracker, machine } = this.#captureMachines();
    const attempt = backtracker.search(bytes, length, start, start, looks);
    if (attempt === 'matched') return backtracker.slots;
    return attempt === 'failed' ? null : machine.capture(bytes, length, start, looks);
  }

  #captureMachines(): CaptureMachines {
    if (this.#machines !== null) return this.#machines;
    const program = compileProgram(this.#node, { groupCount: this.#groupCount, looks: this.#table });
    const withRuns = compileProgram(this.#node, { groupCount: this.#groupCount, looks: this.#table, runs: true });
    const forward = compileProgram(withoutLooseEnd(this.#node), { looks: this.#table });
    const reversed = compileProgram(withoutLooseEnd(this.#node), { reverse: true, looks: this.#table });
    if (program === null || withRuns === null || forward === null || reversed === null)
      throw new TypeError('a pattern whose search compiles has its captures compile');
    this.#machines = {
      backtracker: new MemoBacktracker(withRuns),
      machine: new CaptureMachine(program),
      ends: new MarkingAutomaton(forward),
      openEnds: new MarkingAutomaton(forward, { closed: true }),
      begins: new MarkingAutomaton(reversed, { reverse: true, closed: true }),
    };
    return this.#machines;
  }
}

function groupsOf(slots: Int32Array, text: string): (string | undefined)[] {
  const groups: (string | undefined)[] = [];
  for (let slot = 0; slot < slots.length; slot += 2) {
    const start = slots[slot]!;
    const end = slots[slot + 1]!;
    groups.push(start < 0 || end < 0 ? undefined : text.slice(start, end));
  }
  return groups;
}
