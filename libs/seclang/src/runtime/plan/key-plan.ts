import type { PipelineNode } from '../pipeline.js';
import type { RuntimeLink } from '../runtime-link.js';
import type { Target } from '../target.js';

/** Numbers of a rule's interest in a clause, in the order in which they stand in `KeyPlan.interests`. */
export const INTEREST = { position: 0, bit: 1, full: 2, node: 3, triggers: 4, size: 5 } as const;

/** `position`, then kinds of bytes. A rule at that position is a candidate when a value has one of them. */
export const FEATURE_GATE = { position: 0, features: 1, size: 2 } as const;

/** No pipeline reacts to this: the plain value counts whatever it holds. */
const ALWAYS_PLAIN = 0;
/** More clauses than bits: a rule with so many is a candidate once it has found as many as there are bits. */
const MAX_CLAUSES = 30;

/** The rules of a phase that look at the values of one target, by what makes each a candidate. */
export class KeyPlan {
  readonly target: Target;
  /** Positions for which it is enough that there is a value. */
  readonly presence: number[] = [];
  /** Rules that need one of some kinds of bytes (FEATURE_GATE). */
  readonly gates: number[] = [];
  /** By clause: the rules that wait for it (INTEREST). Undefined: none. */
  readonly interests: (number[] | undefined)[] = [];
  /** Pipelines whose results have to be scanned beside the plain value. */
  readonly nodes: PipelineNode[] = [];
  /** Kinds of bytes that any of `nodes` reacts to; -1 when one reacts to all. */
  triggers = 0;

  constructor(target: Target) {
    this.target = target;
  }

  /** Whether any rule waits for a literal in these values. */
  get isScanned(): boolean {
    return this.interests.length > 0;
  }

  enter(link: RuntimeLink, position: number): void {
    if (link.clauses.length === 0 || link.negated) {
      const { neededFeatures, node } = link;
      if (neededFeatures < 0 || link.multiMatch || node.triggers === null) this.presence.push(position);
      else this.gates.push(position, neededFeatures | node.triggers);
      return;
    }
    const clauses = link.clauses.slice(0, MAX_CLAUSES);
    const nodes = link.multiMatch ? link.path : [link.node];
    clauses.forEach((clause, index) => {
      for (const node of nodes) this.#wait(clause, [position, 1 << index, 2 ** clauses.length - 1], scannedForm(node), link.multiMatch);
    });
  }

  /** To be called when all rules are entered. */
  finish(): void {
    for (const { triggers } of this.nodes) this.triggers |= triggers ?? -1;
  }

  #wait(clause: number, [position, bit, full]: [number, number, number], node: PipelineNode, isMany: boolean): void {
    const triggers = isMany || node.parent === null ? ALWAYS_PLAIN : (node.triggers ?? -1);
    (this.interests[clause] ??= []).push(position, bit, full, node.id, triggers);
    if (node.parent !== null && !this.nodes.includes(node)) this.nodes.push(node);
  }
}

/** Literals are found whatever their case, so a last step that only lowers it needs no scan of its own. */
function scannedForm(node: PipelineNode): PipelineNode {
  return node.parent !== null && node.transformation?.name === 'lowercase' ? scannedForm(node.parent) : node;
}
