import type { PatternRecord } from '../model/pattern-record.js';
import { parsePattern } from '../pattern/parse-pattern.js';
import { BacktrackingMatcher } from './backtracking-matcher.js';
import { CaptureMachine } from './capture-machine.js';
import { LazyAutomaton } from './lazy-automaton.js';
import type { PatternMatcher } from './pattern-matcher.js';
import { compileProgram, type Program } from './program.js';

/** Up to this length a text that is known to match is taken apart by the backtracking matcher, which is quicker there. */
const SHORT_TEXT = 96;

/**
 * A pattern that no text can stall: whether it matches is decided in linear time. Patterns that a finite machine can't decide
 * (look-around, references, atomic groups) are left to the backtracking matcher.
 */
export class GuardedMatcher implements PatternMatcher {
  readonly #record: PatternRecord;
  readonly #backtracking: BacktrackingMatcher;
  #program: Program | null | undefined;
  #automaton: LazyAutomaton | null = null;
  #machine: CaptureMachine | null = null;

  constructor(record: PatternRecord) {
    this.#record = record;
    this.#backtracking = new BacktrackingMatcher(record);
  }

  test(text: string): boolean {
    const program = this.#compiled();
    if (program === null) return this.#backtracking.test(text);
    return (this.#automaton ??= new LazyAutomaton(program)).test(text);
  }

  capture(text: string): readonly (string | undefined)[] | null {
    const program = this.#compiled();
    if (program === null) return this.#backtracking.capture(text);
    if (!this.test(text)) return null;
    if (text.length <= SHORT_TEXT) return this.#backtracking.capture(text);
    return (this.#machine ??= new CaptureMachine(program)).capture(text);
  }

  /** Made when first needed: most patterns of a pack never are. */
  #compiled(): Program | null {
    if (this.#program === undefined) {
      const { node, groupCount } = parsePattern(this.#record.pcre, this.#record.ignoreCase);
      this.#program = compileProgram(node, groupCount);
    }
    return this.#program;
  }
}
