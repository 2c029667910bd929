import type { LiteralScanner } from '../matching/literal-scanner.js';
import type { Ruleset } from './ruleset.js';
import type { RuntimeLink } from './runtime-link.js';
import type { Target, TargetCache } from './target.js';
import type { TransactionState } from './transaction-state.js';

/** What the plain values of a target hold together. */
interface PlainValues {
  readonly clauses: Int32Array;
  readonly features: number;
}

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
  /** By target key; belongs to one side, as one phase asks for one side only. */
  readonly #plain: (PlainValues | undefined)[];
  #epoch = -1;
  #isResponse = false;

  constructor(ruleset: Ruleset, state: TransactionState, targets: TargetCache) {
    this.#ruleset = ruleset;
    this.#state = state;
    this.#targets = targets;
    this.#found = new Array<Int32Array | undefined>(ruleset.groups.count).fill(undefined);
    this.#plain = new Array<PlainValues | undefined>(ruleset.keys.count).fill(undefined);
  }

  /** The clauses found for the group of a link (whose `group` is not -1). */
  clauses(link: RuntimeLink, isResponse: boolean): Int32Array {
    if (this.#epoch !== this.#state.epoch || this.#isResponse !== isResponse) {
      this.#found.fill(undefined);
      this.#plain.fill(undefined);
      this.#epoch = this.#state.epoch;
      this.#isResponse = isResponse;
    }
    return (this.#found[link.group] ??= this.#collect(link, isResponse));
  }

  #collect(link: RuntimeLink, isResponse: boolean): Int32Array {
    const { tree, requestScanner, responseScanner } = this.#ruleset;
    const scanner = isResponse ? responseScanner : requestScanner;
    const { node } = link;
    let union: Int32Array = NOTHING;
    for (const target of link.targets) {
      const plain = (this.#plain[target.key] ??= this.#summarise(target, scanner, isResponse));
      if (link.multiMatch || (node.triggers !== null && (plain.features & node.triggers) === 0)) union = joined(union, plain.clauses);
      if (node.triggers !== null && (plain.features & node.triggers) === 0) continue;
      for (const entry of this.#targets.entries(target)) {
        if (!link.multiMatch) union = joined(union, entry.subject.variant(node, tree).clauses(scanner, isResponse));
        else for (const step of link.path) union = joined(union, entry.subject.variant(step, tree).clauses(scanner, isResponse));
      }
    }
    return union;
  }

  /** All plain values of a target in one: pipelines that none of them reacts to need no second look. */
  #summarise(target: Target, scanner: LiteralScanner, isResponse: boolean): PlainValues {
    let clauses: Int32Array = NOTHING;
    let features = 0;
    for (const { subject } of this.#targets.entries(target)) {
      clauses = joined(clauses, subject.clauses(scanner, isResponse));
      features |= subject.features;
    }
    return { clauses, features };
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
