import type { KnownVariables } from './known-variables.js';

/** What is known where two ways meet. The result may be changed without changing either. */
function met(one: KnownVariables | null, other: KnownVariables | null | undefined): KnownVariables | null {
  if (one === null) return other?.copy() ?? null;
  const both = one.copy();
  if (other !== null && other !== undefined) both.join(other);
  return both;
}

/** A way through the rules of all phases, with what is known about TX at the place that was reached. */
export class Way {
  /** What is known at the rule in hand; null when no transaction comes there on this way. */
  known: KnownVariables | null = null;
  /** What is known where a phase begins, for transactions that come straight there. */
  readonly #arrivals = new Map<number, KnownVariables>();
  /** What is known at a position of the phase in hand, for transactions that jump there. */
  #jumps = new Map<number, KnownVariables>();

  begin(phase: number): void {
    this.#jumps = new Map();
    this.known = this.#arrivals.get(phase) ?? null;
  }

  /** Comes to a position. True when jumps from before end there. */
  reach(position: number): boolean {
    const jumped = this.#jumps.get(position);
    this.#jumps.delete(position);
    this.known = met(this.known, jumped);
    return jumped !== undefined;
  }

  /** Whether some transactions are on their way past the rule in hand. */
  get isJumped(): boolean {
    return this.#jumps.size > 0;
  }

  /** The transactions at the rule in hand, or some of them, go on at a position. */
  jump(position: number): void {
    const jumping = met(this.#jumps.get(position) ?? null, this.known);
    if (jumping !== null) this.#jumps.set(position, jumping);
  }

  /** The same for the beginning of a phase. */
  arrive(phase: number): void {
    const arriving = met(this.#arrivals.get(phase) ?? null, this.known);
    if (arriving !== null) this.#arrivals.set(phase, arriving);
  }

  /** Some transactions change over from another way. */
  take(other: Way): void {
    this.known = met(this.known, other.known);
  }
}
