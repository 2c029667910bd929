/** Facets kept for the forms of one set of values. */
const MAX_FACETS = 2048;
/** Values that make do with the facet of all kinds of bytes before facets are made anew. */
const MAX_MISSES = 65_536;
/** Facets that one transaction may have made in a phase: making one costs as much as looking at many values. */
const MAX_OF_ONE = 64;

/** How many facets the transaction in hand may still have made. */
export class FacetAllowance {
  #left = MAX_OF_ONE;

  renew(): void {
    this.#left = MAX_OF_ONE;
  }

  take(): boolean {
    return this.#left > 0 && this.#left-- > 0;
  }
}

/** Counts the facets of a set of rules and of all that follow from it. */
export class FacetRoom {
  readonly #allowance: FacetAllowance;
  #facets = 0;
  #misses = 0;

  constructor(allowance: FacetAllowance) {
    this.#allowance = allowance;
  }

  /** Whether so many values found no room that all should begin anew. */
  get isWornOut(): boolean {
    return this.#misses >= MAX_MISSES;
  }

  /** Whether there may be one more. */
  take(): boolean {
    if (this.#facets >= MAX_FACETS) {
      this.#misses++;
      return false;
    }
    if (!this.#allowance.take()) return false;
    this.#facets++;
    return true;
  }

  clear(): void {
    this.#facets = 0;
    this.#misses = 0;
  }
}
