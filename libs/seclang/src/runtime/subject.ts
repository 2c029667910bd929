import type { LiteralScanner } from '../matching/literal-scanner.js';
import { featuresOf } from '../transformations/byte-features.js';
import type { PipelineNode, PipelineTree } from './pipeline.js';

/**
 * A value under inspection, with everything that was found out about it: its transformed forms and the literals in it.
 * Rules that look at the same value share one subject, so each form is made and scanned once per transaction.
 */
export class Subject {
  readonly text: string;
  #features = 0;
  #variants: (Subject | null)[] | null = null;
  #requestClauses: Int32Array | null = null;
  #responseClauses: Int32Array | null = null;

  constructor(text: string) {
    this.text = text;
  }

  /** This value after the transformations of `node`; this very subject when they change nothing. */
  variant(node: PipelineNode, tree: PipelineTree): Subject {
    if (node.parent === null) return this;
    if (node.triggers !== null) {
      if (this.#features === 0 && this.text.length > 0) this.#features = featuresOf(this.text);
      if ((this.#features & node.triggers) === 0) return this;
    }
    this.#variants ??= new Array<Subject | null>(tree.size).fill(null);
    return this.#derived(node, tree, this.#variants);
  }

  /** The clauses of the request or response table that have a literal in this value. */
  clauses(scanner: LiteralScanner, isResponse: boolean): Int32Array {
    if (isResponse) return (this.#responseClauses ??= scanner.scan(this.text));
    return (this.#requestClauses ??= scanner.scan(this.text));
  }

  #derived(node: PipelineNode, tree: PipelineTree, variants: (Subject | null)[]): Subject {
    const known = variants[node.id];
    if (known !== null && known !== undefined) return known;
    const { parent, transformation } = node;
    const before = parent === null || parent.parent === null ? this : this.#derived(parent, tree, variants);
    const text = transformation === null ? before.text : transformation.apply(before.text, tree.context);
    const found = text === before.text ? before : this.#sameText(text, variants);
    variants[node.id] = found;
    return found;
  }

  /** Different sequences often end in the same text; its scan is then shared too. */
  #sameText(text: string, variants: readonly (Subject | null)[]): Subject {
    if (text === this.text) return this;
    for (const variant of variants) if (variant !== null && variant.text === text) return variant;
    return new Subject(text);
  }
}
