import type { LinkDraft } from '../model/rule-draft.js';
import { RuleProblem } from '../model/rule-problem.js';
import type { LinkRecord, OperatorRecord } from '../model/rule-record.js';
import type { Operator } from '../operators/operator.js';
import { findOperator } from '../operators/registry.js';
import { parseMacro } from '../parser/parse-macro.js';
import type { OperatorText } from '../parser/parse-operator.js';
import type { Clause } from '../pattern/required-literals.js';
import { translatePattern } from '../pattern/translate-pattern.js';

/** Reads the text of a data file a rule names; throws RuleProblem when there is none. */
export type ReadDataFile = (path: string) => string;

/** Keeps a clause and gives the number under which it is kept. */
export type KeepClause = (clause: Clause) => number;

/** Turns a link's draft into its record: operator checked, pattern translated, literals found. */
export function compileLink(draft: LinkDraft, inherited: readonly string[], keep: KeepClause, readFile: ReadDataFile): LinkRecord {
  const compiled = draft.operator === null ? null : compileOperator(draft.operator, draft.capture, readFile);
  return {
    line: draft.line,
    targets: draft.targets,
    operator: compiled === null ? null : compiled.record,
    transformations: draft.isFresh ? draft.transformations : [...inherited, ...draft.transformations],
    multiMatch: draft.multiMatch,
    capture: draft.capture,
    steps: draft.steps,
    clauses: compiled === null ? [] : compiled.clauses.map((clause) => keep(clause)),
    traits: [],
    needs: [],
  };
}

interface CompiledOperator {
  readonly record: OperatorRecord;
  readonly clauses: readonly Clause[];
}

function compileOperator(text: OperatorText, capturing: boolean, readFile: ReadDataFile): CompiledOperator {
  const operator = findOperator(text.name);
  if (operator === undefined) throw new RuleProblem(`operator @${text.name} is not supported`);
  // An empty pattern or phrase is a real argument; only a missing file name isn't.
  if (operator.argument === 'file' && text.argument.trim() === '') throw new RuleProblem(`operator @${text.name} needs a file name`);
  const argument = parseMacro(text.argument, operator.pattern !== undefined);
  const { name } = operator;
  const { negated } = text;
  if (typeof argument !== 'string') {
    if (operator.argument === 'file') throw new RuleProblem(`operator @${text.name} takes no macro`);
    return { record: { name, negated, argument, text: '', pattern: null }, clauses: [] };
  }
  const data = operator.argument === 'file' ? readFiles(argument, readFile) : '';
  const translated = operator.pattern === undefined ? null : translatePattern(operator.pattern(argument), { capturing });
  const pattern = translated?.record ?? null;
  operator.compile(argument, { text: data, pattern });
  const clauses = translated?.clauses ?? literalClauses(operator, argument, data);
  return { record: { name, negated, argument, text: data, pattern }, clauses };
}

function literalClauses(operator: Operator, argument: string, text: string): readonly Clause[] {
  return operator.clauses?.(argument, { text, pattern: null }) ?? [];
}

function readFiles(argument: string, readFile: ReadDataFile): string {
  return argument
    .trim()
    .split(/[\t-\r ]+/)
    .map(readFile)
    .join('\n');
}
