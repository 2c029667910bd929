import type { PipelineTree } from '../pipeline.js';
import type { RuntimeLink } from '../runtime-link.js';
import type { Subject } from '../subject.js';

/** A link that a rule in the plan waits for. */
export interface AwaitedLink {
  readonly link: RuntimeLink;
  /** Its bits among those that the rule waits for: one for each of its clauses from `first` on, or one alone. */
  readonly first: number;
  readonly count: number;
}

/** Whether a link may match a value: what its operator says about the value after the transformations. */
export function mayMatch(link: RuntimeLink, subject: Subject, tree: PipelineTree): boolean {
  const test = link.fixedTest;
  if (test === null) return true;
  const nodes = link.multiMatch ? link.path : [link.node];
  return nodes.some((node) => subject.variant(node, tree).holds(test) !== link.negated);
}
