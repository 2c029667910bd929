import { findOperator } from '../operators/registry.js';
import { RuleProblem } from '../model/rule-problem.js';
import type { LinkRecord, OperatorRecord, RuleRecord } from '../model/rule-record.js';
import { knownText } from './known-macro.js';
import type { KnownVariables } from './known-variables.js';

/** What the operators of a rule's links are asked for, on all ways to the rule: macros of which that is known need no expanding. */
export class ArgumentTexts {
  /** By link: its text, null where it isn't known or not the same on all ways. */
  readonly #texts: (string | null)[] = [];

  /** A transaction may come to the link at this place with what is known. */
  note({ operator }: LinkRecord, at: number, known: KnownVariables): void {
    if (operator === null || typeof operator.argument === 'string') return;
    const text = knownText(operator.argument, known);
    const before = this.#texts[at];
    this.#texts[at] = before === undefined || before === text ? text : null;
  }

  /** The rule with the texts that are known in place of macros. */
  filledIn(rule: RuleRecord): RuleRecord {
    if (this.#texts.every((text) => text === null)) return rule;
    const links = rule.links.map((link, at) => {
      const text = this.#texts[at] ?? null;
      return link.operator === null || text === null || !takes(link.operator, text)
        ? link
        : { ...link, operator: { ...link.operator, argument: text } };
    });
    return { ...rule, links };
  }
}

/** Whether a text can stand in the place of the macros: patterns were translated before, and some texts are no argument. */
function takes({ name }: OperatorRecord, text: string): boolean {
  const operator = findOperator(name);
  if (operator === undefined || operator.pattern !== undefined) return false;
  try {
    operator.compile(text, { text: '', pattern: null });
    return true;
  } catch (error) {
    if (error instanceof RuleProblem) return false;
    throw error;
  }
}
