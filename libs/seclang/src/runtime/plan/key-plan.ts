import type { RuntimeLink } from '../runtime-link.js';
import type { KeyedTarget } from '../target-keys.js';
import type { Wait } from './form-waits.js';

/** More clauses than bits: a rule with so many is a candidate once it has found as many as there are bits. */
const MAX_CLAUSES = 30;

/** The rules of a phase that look at the values of one target. */
export class KeyPlan {
  readonly target: KeyedTarget;
  readonly waits: Wait[] = [];

  constructor(target: KeyedTarget) {
    this.target = target;
  }

  enter(link: RuntimeLink, position: number): void {
    const nodes = link.multiMatch ? link.path : [link.node];
    const numbers = link.negated ? [] : link.clauses.slice(0, MAX_CLAUSES);
    const full = 2 ** numbers.length - 1;
    const clauses = numbers.map((clause, index) => ({
      interest: { clause, position, bit: 1 << index, full },
      traits: link.traits[index]!,
    }));
    for (const { path } of nodes) this.waits.push({ position, clauses, needs: link.needs, rest: path });
  }
}
