import type { Ruleset } from './ruleset.js';
import type { RuntimeLink } from './runtime-link.js';
import type { TargetCache } from './target.js';
import type { TransactionState } from './transaction-state.js';

const NOTHING: Int32Array = new Int32Array(0);

/**
 * For each group of links with the same targets and transformations: which clauses have a literal in any of their values. A link
 * whose clauses are not all there can't match, and is left after one look.
 */
export class LiteralGroups {
  readonly #ruleset: Ruleset;
  readonly #state: TransactionState;
  readonly #targets: TargetCache;
  readonly #found: (Int32Array | undefined)[];
  #epoch = -1;

  constructor(ruleset: Ruleset, state: TransactionState, targets: TargetCache) {
    this.#ruleset = ruleset;
    this.#state = state;
    this.#targets = targets;
    this.#found = new Array<Int32Array | undefined>(ruleset.groups.count).fill(undefined);
  }

  /** The clauses found for the group of a link (whose `group` is not -1). */
  clauses(link: RuntimeLink, isResponse: boolean): Int32Array {
    if (this.#epoch !== this.#state.epoch) {
      this.#found.fill(undefined);
      this.#epoch = this.#state.epoch;
    }
    return (this.#found[link.group] ??= this.#collect(link, isResponse));
  }

  #collect(link: RuntimeLink, isResponse: boolean): Int32Array {
    const { tree, requestScanner, responseScanner } = this.#ruleset;
    const scanner = isResponse ? responseScanner : requestScanner;
    let union: Int32Array = NOTHING;
    for (const target of link.targets) {
      for (const entry of this.#targets.entries(target)) {
        if (!link.multiMatch) {
          union = joined(union, entry.subject.variant(link.node, tree).clauses(scanner, isResponse));
          continue;
        }
        for (const node of link.path) union = joined(union, entry.subject.variant(node, tree).clauses(scanner, isResponse));
      }
    }
    return union;
  }
}

/** A set with the clauses of both. Sets that subjects own are never written to: a new one is made once bits have to be added. */
function joined(union: Int32Array, found: Int32Array): Int32Array {
  if (found.length === 0 || found === union) return union;
  if (union.length === 0) return found;
  let word = 0;
  while (word < found.length && (found[word]! & ~union[word]!) === 0) word++;
  if (word === found.length) return union;
  const both = union.slice();
  for (; word < found.length; word++) both[word]! |= found[word]!;
  return both;
}
