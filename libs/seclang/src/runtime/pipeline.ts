import type { Transformation, TransformationContext } from '../transformations/transformation.js';
import { findTransformation } from '../transformations/registry.js';

/** A node of the tree of transformation sequences: one for each different sequence and each beginning of one. */
export class PipelineNode {
  readonly parent: PipelineNode | null;
  /** The transformations from the plain value to here. */
  readonly path: readonly Transformation[];
  /** Kinds of bytes that any transformation up to here reacts to; null when one always changes the value. */
  readonly triggers: number | null;
  readonly children = new Map<string, PipelineNode>();

  constructor(parent: PipelineNode | null, transformation: Transformation | null) {
    this.parent = parent;
    this.path = transformation === null ? [] : [...(parent?.path ?? []), transformation];
    const before = parent === null ? 0 : parent.triggers;
    const own = transformation === null ? 0 : transformation.triggers;
    this.triggers = before === null || own === null ? null : before | own;
  }
}

/** The tree of all transformation sequences of a ruleset. */
export class PipelineTree {
  readonly root = new PipelineNode(null, null);
  readonly context: TransformationContext;

  constructor(context: TransformationContext) {
    this.context = context;
  }

  /** The node of a sequence of transformation names. */
  node(names: readonly string[]): PipelineNode {
    let node = this.root;
    for (const name of names) {
      let child = node.children.get(name);
      if (child === undefined) {
        const transformation = findTransformation(name);
        if (transformation === undefined) throw new TypeError(`no transformation ${name}`);
        child = new PipelineNode(node, transformation);
        node.children.set(name, child);
      }
      node = child;
    }
    return node;
  }
}
