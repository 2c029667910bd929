import type { PipelineNode, PipelineTree } from '../pipeline.js';
import type { RuntimeLink } from '../runtime-link.js';
import type { KeyedTarget } from '../target-keys.js';

/** Numbers of a rule's interest in a clause: its position, the bit of the clause among those it waits for, and all those bits. */
export const INTEREST = { position: 0, bit: 1, full: 2, size: 3 } as const;

/** Numbers of a gate: a rule at a position is a candidate when a value has one of these kinds of bytes. */
export const FEATURE_GATE = { position: 0, features: 1, size: 2 } as const;

/** By clause: the rules that wait for it, as INTERESTs in a row. Undefined: none. */
export type Interests = readonly (readonly number[] | undefined)[];

/** Which rules the literals of a value concern, for values with certain kinds of bytes. */
export interface Facet {
  readonly plain: Interests;
  /** Forms of the value that differ from it, and have to be scanned too. */
  readonly forms: readonly { readonly node: PipelineNode; readonly interests: Interests }[];
}

interface Wait {
  readonly clause: number;
  readonly numbers: readonly [position: number, bit: number, full: number];
  readonly node: PipelineNode;
}

/** More clauses than bits: a rule with so many is a candidate once it has found as many as there are bits. */
const MAX_CLAUSES = 30;
/** Facets kept; past that they are made anew as they are needed. */
const MAX_FACETS = 512;

/** The rules of a phase that look at the values of one target, by what makes each a candidate. */
export class KeyPlan {
  readonly target: KeyedTarget;
  /** Positions for which it is enough that there is a value. */
  readonly presence: number[] = [];
  /** Rules that need one of some kinds of bytes (FEATURE_GATE). */
  readonly gates: number[] = [];
  readonly #tree: PipelineTree;
  readonly #waits: Wait[] = [];
  readonly #facets = new Map<number, Facet>();
  /** Kinds of bytes that some transformation reacts to. */
  #relevant = 0;

  constructor(target: KeyedTarget, tree: PipelineTree) {
    this.target = target;
    this.#tree = tree;
  }

  /** Whether any rule waits for a literal in these values. */
  get isScanned(): boolean {
    return this.#waits.length > 0;
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
      for (const node of nodes) this.#waits.push({ clause, numbers: [position, 1 << index, full], node });
    });
    for (const { triggers } of link.node.path) this.#relevant |= triggers ?? 0;
  }

  /** What values with these kinds of bytes (FEATURE) concern. */
  facet(features: number): Facet {
    const kinds = features & this.#relevant;
    let facet = this.#facets.get(kinds);
    if (facet === undefined) {
      facet = this.#facetFor(kinds);
      if (this.#facets.size >= MAX_FACETS) this.#facets.clear();
      this.#facets.set(kinds, facet);
    }
    return facet;
  }

  #facetFor(features: number): Facet {
    const plain: number[][] = [];
    const forms = new Map<PipelineNode, number[][]>();
    for (const { clause, numbers, node } of this.#waits) {
      const form = this.#effective(node, features);
      let interests = plain;
      if (form.parent !== null) {
        interests = forms.get(form) ?? [];
        forms.set(form, interests);
      }
      (interests[clause] ??= []).push(...numbers);
    }
    return { plain, forms: [...forms].map(([node, interests]) => ({ node, interests })) };
  }

  /**
   * The shortest sequence with the same result for literals: transformations before the first one that reacts change nothing, and
   * literals are found whatever their case.
   */
  #effective(node: PipelineNode, features: number): PipelineNode {
    const first = node.path.findIndex(({ triggers }) => triggers === null || (features & triggers) !== 0);
    const names = first < 0 ? [] : node.path.slice(first).map(({ name }) => name);
    while (names.at(-1) === 'lowercase') names.pop();
    return this.#tree.node(names);
  }
}
