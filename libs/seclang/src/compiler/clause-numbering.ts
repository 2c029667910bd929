import { type LiteralTable, LiteralTableBuilder } from '../matching/literal-table.js';
import type { PlanRecord } from '../model/plan-record.js';
import type { RuleRecord } from '../model/rule-record.js';
import type { Clause } from '../pattern/required-literals.js';
import { isResponsePhase } from './rule-compiler.js';

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
      const number = (kept: number): number => builder.add(this.#kept[kept]!);
      const links = rule.links.map((link) => ({ ...link, clauses: planned.has(index) ? link.clauses.map(number) : [] }));
      return { ...rule, links };
    });
    return { rules: numbered, plan, requestLiterals: request.build(), responseLiterals: response.build() };
  }
}
