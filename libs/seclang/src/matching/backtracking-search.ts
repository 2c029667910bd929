import { relaxedForm } from '../pattern/finite-form.js';
import type { ByteSet } from '../pattern/byte-set.js';
import type { PatternNode } from '../pattern/pattern-node.js';
import { withoutLooseRun } from '../pattern/trim-pattern.js';
import { BacktrackingMachine, type SearchOutcome } from './backtracking-machine.js';
import { compileBacktracking } from './backtracking-program.js';
import { FiniteSearch } from './finite-search.js';
import { textBytes } from './text-bytes.js';

const MAX_GROUPS = 9;

/**
 * Decides a pattern that no finite machine can. A relaxed form of it, which an automaton decides, rules most texts out; for the others
 * backtracking goes a bounded number of steps. A text for which they aren't enough counts as matching, all of it.
 */
export class BacktrackingSearch {
  readonly #relaxed: FiniteSearch | null;
  readonly #tester: BacktrackingMachine;
  readonly #finder: BacktrackingMachine;
  readonly #groupCount: number;
  /** Bytes that a match may begin with beside those that the tester asks for. */
  readonly #loose: ByteSet;

  constructor(node: PatternNode, groupCount: number) {
    const { rest, bytes } = withoutLooseRun(node);
    this.#groupCount = groupCount;
    this.#loose = bytes;
    this.#relaxed = FiniteSearch.for(relaxedForm(rest), 0);
    this.#tester = new BacktrackingMachine(compileBacktracking(rest, groupCount));
    this.#finder = new BacktrackingMachine(compileBacktracking(node, groupCount));
  }

  test(text: string): boolean {
    if (this.#relaxed?.test(text) === false) return false;
    return this.#find(text) !== 'failed';
  }

  capture(text: string): (string | undefined)[] | null {
    if (this.#relaxed?.test(text) === false) return null;
    const outcome = this.#find(text);
    if (outcome === 'failed') return null;
    const bytes = textBytes.of(text);
    let [first = 0] = this.#tester.slots;
    while (first > 0 && this.#loose.has(bytes[first - 1]!)) first--;
    const isFound = outcome === 'matched' && this.#finder.search(bytes, text.length, first, null) === 'matched';
    return isFound ? this.#groups(text) : [text];
  }

  /** The text of the first match that is valid, of matches that don't overlap; null when there is none. */
  findValid(text: string, isValid: (candidate: string) => boolean): string | null {
    if (this.#relaxed?.test(text) === false) return null;
    const bytes = textBytes.of(text);
    let steps = 0;
    for (let from = 0; from <= text.length;) {
      const outcome = this.#finder.search(bytes, text.length, from, null);
      steps += this.#finder.steps;
      if (outcome === 'exceeded' || steps > this.#finder.stepLimit) return text;
      if (outcome === 'failed') return null;
      const [start = 0, end = 0] = this.#finder.slots;
      const candidate = text.slice(start, end);
      if (isValid(candidate)) return candidate;
      from = Math.max(end, start + 1);
    }
    return null;
  }

  #find(text: string): SearchOutcome {
    const begins = this.#relaxed?.beginsIn(text) ?? null;
    return this.#tester.search(textBytes.of(text), text.length, 0, begins);
  }

  #groups(text: string): (string | undefined)[] {
    const { slots } = this.#finder;
    return Array.from({ length: Math.min(this.#groupCount, MAX_GROUPS) + 1 }, (_, group) => {
      const start = slots[group * 2]!;
      const end = slots[group * 2 + 1]!;
      return start < 0 || end < 0 ? undefined : text.slice(start, end);
    });
  }
}
