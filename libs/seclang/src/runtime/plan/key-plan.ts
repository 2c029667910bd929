import type { RuntimeLink } from '../runtime-link.js';
import type { KeyedTarget } from '../target-keys.js';
import type { Wait } from './form-waits.js';

/** The bits of a link among those that a rule at a position waits for: one for each of its clauses from `first` on, or one alone, out of `full`. */
export interface LinkBits {
  readonly position: number;
  readonly first: number;
  readonly full: number;
}

/** The clauses that a link waits for one by one. */
export function clausesOf({ negated, clauses }: RuntimeLink): readonly number[] {
  return negated ? [] : clauses;
}

/** The rules of a phase that look at the values of one target. */
export class KeyPlan {
  readonly target: KeyedTarget;
  readonly waits: Wait[] = [];

  constructor(target: KeyedTarget) {
    this.target = target;
  }

  enter(link: RuntimeLink, { position, first, full }: LinkBits): void {
    const nodes = link.multiMatch ? link.path : [link.node];
    const clauses = clausesOf(link).map((clause, index) => ({
      interest: { clause, position, bit: 1 << (first + index), full },
      traits: link.traits[index]!,
    }));
    const presence = clauses.length > 0 ? null : { position, bit: 1 << first, full, test: link.fixedTest, negated: link.negated };
    for (const { path } of nodes) this.waits.push({ presence, clauses, needs: link.needs, rest: path });
  }
}
