import type { RuntimeLink } from '../runtime-link.js';
import type { KeyedTarget } from '../target-keys.js';
import { FormWaits, type Wait } from './form-waits.js';

/** Numbers of a gate: a rule at a position is a candidate when a value has one of these kinds of bytes. */
export const FEATURE_GATE = { position: 0, features: 1, size: 2 } as const;

/** More clauses than bits: a rule with so many is a candidate once it has found as many as there are bits. */
const MAX_CLAUSES = 30;

/** The rules of a phase that look at the values of one target, by what makes each a candidate. */
export class KeyPlan {
  readonly target: KeyedTarget;
  /** Positions for which it is enough that there is a value. */
  readonly presence: number[] = [];
  /** Rules that need one of some kinds of bytes (FEATURE_GATE). */
  readonly gates: number[] = [];
  /** Rules that wait for literals; null when none does. */
  forms: FormWaits | null = null;
  readonly #waits: Wait[] = [];

  constructor(target: KeyedTarget) {
    this.target = target;
  }

  enter(link: RuntimeLink, position: number): void {
    if (link.clauses.length === 0 || link.negated) {
      if (link.gate === null) this.presence.push(position);
      else this.gates.push(position, link.gate);
      return;
    }
    const clauses = link.clauses.slice(0, MAX_CLAUSES);
    const full = 2 ** clauses.length - 1;
    const nodes = link.multiMatch ? link.path : [link.node];
    clauses.forEach((clause, index) => {
      for (const { path } of nodes) this.#waits.push({ clause, interest: [position, 1 << index, full], rest: path });
    });
  }

  /** To be called when all rules are entered. */
  finish(): void {
    if (this.#waits.length > 0) this.forms = new FormWaits(this.#waits);
  }
}
