import type { Transformation } from '../../transformations/transformation.js';

/** Numbers of a rule's interest in a clause: its position, the bit of the clause among those it waits for, and all those bits. */
export const INTEREST = { position: 0, bit: 1, full: 2, size: 3 } as const;

/** The rules that wait for clauses, as INTERESTs in a row: those of clause `n` stand in `data` from `starts[n]` up to `starts[n + 1]`. */
export interface Interests {
  readonly starts: Int32Array;
  readonly data: Int32Array;
}

/** A rule that waits for a clause in what a sequence of transformations makes of a value. */
export interface Wait {
  readonly clause: number;
  readonly interest: readonly [position: number, bit: number, full: number];
  readonly rest: readonly Transformation[];
}

/** What a text with certain kinds of bytes concerns. */
export interface Facet {
  /** Rules that wait for literals in the text as it is; null when there are none. */
  readonly plain: Interests | null;
  /** Transformations that may change it, and who waits for what they make. */
  readonly next: readonly { readonly transformation: Transformation; readonly waits: FormWaits }[];
}

/** Facets kept of one set; past that they are made anew as they are needed. */
const MAX_FACETS = 512;

/**
 * The rules that wait for literals in the forms of a value. Which forms differ from the value depends on the kinds of bytes in it: a
 * transformation that doesn't react to any of them is left out, so that every form is made once, whichever pipelines come to it.
 */
export class FormWaits {
  readonly #waits: readonly Wait[];
  readonly #facets = new Map<number, Facet>();
  /** Kinds of bytes (FEATURE) that some transformation reacts to. */
  readonly #relevant: number;

  constructor(waits: readonly Wait[]) {
    this.#waits = waits;
    this.#relevant = waits.reduce((kinds, { rest }) => rest.reduce((sum, { triggers }) => sum | (triggers ?? 0), kinds), 0);
  }

  /** For a text with these kinds of bytes (FEATURE). */
  facet(features: number): Facet {
    const kinds = features & this.#relevant;
    return this.#facets.get(kinds) ?? this.#keep(kinds);
  }

  #keep(kinds: number): Facet {
    if (this.#facets.size >= MAX_FACETS) this.#facets.clear();
    const facet = this.#facetFor(kinds);
    this.#facets.set(kinds, facet);
    return facet;
  }

  #facetFor(kinds: number): Facet {
    const plain: number[][] = [];
    const next = new Map<Transformation, Wait[]>();
    for (const { clause, interest, rest } of this.#waits) {
      const first = rest.findIndex(({ triggers }) => triggers === null || (kinds & triggers) !== 0);
      // Literals are found whatever their case: what only lowers it makes no form of its own.
      const isPlain = first < 0 || rest.slice(first).every(({ name }) => name === 'lowercase');
      if (isPlain) (plain[clause] ??= []).push(...interest);
      else {
        const transformation = rest[first]!;
        const waits = next.get(transformation) ?? [];
        waits.push({ clause, interest, rest: rest.slice(first + 1) });
        next.set(transformation, waits);
      }
    }
    return {
      plain: plain.length === 0 ? null : inARow(plain),
      next: [...next].map(([transformation, waits]) => ({ transformation, waits: new FormWaits(waits) })),
    };
  }
}

/** In one piece of memory: it is read for every value. */
function inARow(byClause: readonly (readonly number[] | undefined)[]): Interests {
  const starts = new Int32Array(byClause.length + 1);
  const data: number[] = [];
  for (let clause = 0; clause < byClause.length; clause++) {
    data.push(...(byClause[clause] ?? []));
    starts[clause + 1] = data.length;
  }
  return { starts, data: Int32Array.from(data) };
}
