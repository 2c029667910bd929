import { type LiteralTable, LiteralTableBuilder } from '../matching/literal-table.js';
import type { PlanRecord } from '../model/plan-record.js';
import type { LinkRecord, RuleRecord } from '../model/rule-record.js';
import { firstStrings } from '../pattern/first-strings.js';
import { traitsOf } from '../pattern/literal-traits.js';
import { neededByClauses, neededKinds, type NeededKinds } from '../pattern/needed-kinds.js';
import { type Openings, openingsOf } from '../pattern/openings.js';
import { parsePattern } from '../pattern/parse-pattern.js';
import type { PatternNode } from '../pattern/pattern-node.js';
import type { Clause } from '../pattern/required-literals.js';
import { isResponsePhase } from './rule-compiler.js';

/** Literals of a clause that is a list of everyday words, more or less, and openings that are looked for beside it. */
const LONG_LIST = 100;
const MAX_OPENINGS = 300;

interface Planned {
  readonly rules: readonly RuleRecord[];
  readonly plan: PlanRecord;
}

interface Numbered extends Planned {
  readonly requestLiterals: LiteralTable;
  readonly responseLiterals: LiteralTable;
}

/** Numbers the clauses of rules that are planned, and of no others, so that the literals of shut paranoia levels cost nothing. */
export class ClauseNumbering {
  readonly #kept: Clause[] = [];

  /** Keeps a clause until it is known whether its rule is planned. */
  readonly keep = (clause: Clause): number => this.#kept.push(clause) - 1;

  number({ rules, plan }: Planned): Numbered {
    const request = new LiteralTableBuilder();
    const response = new LiteralTableBuilder();
    const planned = new Set(plan.flatMap((items) => items.flatMap((item) => ('assign' in item ? [] : [item.rule]))));
    const numbered = rules.map((rule, index) => {
      const builder = isResponsePhase(rule.phase) ? response : request;
      const clausesOf = (link: LinkRecord, isHead: boolean, node: PatternNode | null): readonly Clause[] =>
        link.clauses.length === 0 && isHead ? beginnings(link, node) : link.clauses.map((kept) => this.#kept[kept]!);
      const links = rule.links.map((link, at) => {
        // Only links that may be waited for need to tell what they need.
        const isAwaited = planned.has(index) && at <= rule.silentLinks;
        const node = isAwaited ? patternOf(link) : null;
        const clauses = planned.has(index) ? clausesOf(link, at === 0, node) : [];
        const openings = at === 0 ? openingsBeside(clauses, link, node) : [];
        const needs = isAwaited ? neededBy(node, clauses) : [];
        return {
          ...link,
          clauses: [...clauses, ...openings.map(({ strings }) => strings)].map((clause) => builder.add(clause)),
          traits: [...clauses.map((clause) => traitsOf(clause)), ...openings.map(({ strings, kinds }) => traitsOf(strings, kinds))],
          needs,
        };
      });
      return { ...rule, links };
    });
    return { rules: numbered, plan, requestLiterals: request.build(), responseLiterals: response.build() };
  }
}

function patternOf({ operator }: LinkRecord): PatternNode | null {
  const pattern = operator?.pattern ?? null;
  return pattern === null ? null : parsePattern(pattern.pcre, pattern.ignoreCase).node;
}

/** A long list of words has one that is in the text in hand more often than not: then how the matches begin tells more. */
function openingsBeside(clauses: readonly Clause[], { operator }: LinkRecord, node: PatternNode | null): readonly Openings[] {
  if (node === null || operator?.negated === true || clauses.every(({ length }) => length < LONG_LIST)) return [];
  const openings = openingsOf(node);
  return openings === null || openings.strings.length === 0 || openings.strings.length > MAX_OPENINGS ? [] : [openings];
}

function neededBy(node: PatternNode | null, clauses: readonly Clause[]): NeededKinds {
  return node === null ? neededByClauses(clauses) : neededKinds(node);
}

/** For a pattern without a literal: how its matches begin. Where single members are named, it is enough to know whether they are there. */
function beginnings({ targets, operator }: LinkRecord, node: PatternNode | null): readonly Clause[] {
  if (node === null || operator?.negated === true) return [];
  if (targets.every(({ mode, selector }) => mode !== 'include' || selector !== '')) return [];
  const first = firstStrings(node);
  return first === null ? [] : [first];
}
