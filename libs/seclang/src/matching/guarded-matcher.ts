import type { PatternRecord } from '../model/pattern-record.js';
import { finiteForm } from '../pattern/finite-form.js';
import { parsePattern } from '../pattern/parse-pattern.js';
import { BacktrackingSearch } from './backtracking-search.js';
import { FiniteSearch } from './finite-search.js';
import type { PatternMatcher } from './pattern-matcher.js';

/** How a pattern is decided. */
export type PatternClass = 'automaton' | 'automaton with look-around' | 'bounded backtracking';

/**
 * A pattern that no text can stall: it is decided in linear time where a finite machine can do it, else by backtracking with a bounded
 * number of steps, past which the pattern counts as matching. Its machine is made when it is first needed: most patterns of a pack
 * never are.
 */
export class GuardedMatcher implements PatternMatcher {
  readonly #record: PatternRecord;
  #search: FiniteSearch | BacktrackingSearch | null = null;

  constructor(record: PatternRecord) {
    this.#record = record;
  }

  get patternClass(): PatternClass {
    const search = this.#ready();
    if (search instanceof BacktrackingSearch) return 'bounded backtracking';
    return search.hasLookAround ? 'automaton with look-around' : 'automaton';
  }

  test(text: string): boolean {
    return (this.#search ?? this.#ready()).test(text);
  }

  capture(text: string): readonly (string | undefined)[] | null {
    return (this.#search ?? this.#ready()).capture(text);
  }

  /** Makes the machines that `test` needs, and those that `capture` does. */
  prepare(captures: boolean): void {
    const search = this.#ready();
    if (captures && search instanceof FiniteSearch) search.prepareCaptures();
  }

  /** The text of the first match that is valid, of matches that don't overlap; null when there is none. */
  findValid(text: string, isValid: (candidate: string) => boolean): string | null {
    return (this.#search ?? this.#ready()).findValid(text, isValid);
  }

  #ready(): FiniteSearch | BacktrackingSearch {
    if (this.#search !== null) return this.#search;
    const { node, groupCount } = parsePattern(this.#record.pcre, this.#record.ignoreCase);
    const finite = finiteForm(node);
    this.#search = (finite === null ? null : FiniteSearch.for(finite, groupCount)) ?? new BacktrackingSearch(node, groupCount);
    return this.#search;
  }
}
