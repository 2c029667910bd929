import type { LinkRecord, OperatorRecord, TargetRecord } from '../model/rule-record.js';
import type { OperatorTest } from '../operators/operator.js';
import { findOperator } from '../operators/registry.js';
import { featuresOf } from '../transformations/byte-features.js';
import { findTransformation } from '../transformations/registry.js';
import { knownText } from './known-macro.js';
import type { Known, KnownVariables } from './known-variables.js';

/** Whether a link matches, as far as that doesn't depend on the request. `once`: always, and for exactly one value. */
export type LinkFate = 'once' | 'often' | 'never' | 'open';

/** Decides a link whose targets are all TX variables that are known. */
export function judgeLink(link: LinkRecord, known: KnownVariables): LinkFate {
  if (link.operator === null) return 'once';
  if (link.multiMatch || link.targets.some(({ mode }) => mode === 'exclude')) return 'open';
  const values = link.targets.map((target) => valueOf(target, known));
  if (values.includes(null)) return 'open';
  const test = testOf(link.operator, known);
  if (test === null) return 'open';
  let matches = 0;
  for (const value of values) {
    if (value === undefined || value === null) continue;
    const text = transformed(value, link.transformations);
    if (text === null) return 'open';
    if (test.test(text, null) !== link.operator.negated) matches++;
  }
  return matches === 0 ? 'never' : matches === 1 ? 'once' : 'often';
}

function valueOf({ variable, mode, selector, pattern }: TargetRecord, known: KnownVariables): Known {
  if (variable !== 'TX' || selector === '' || pattern !== null) return null;
  const value = known.get(selector);
  if (mode !== 'count' || value === null) return value;
  return value === undefined ? '0' : '1';
}

function testOf(record: OperatorRecord, known: KnownVariables): OperatorTest | null {
  const operator = findOperator(record.name);
  const argument = knownText(record.argument, known);
  // Operators with a note or with files ask something beside the value.
  if (operator === undefined || argument === null || operator.note !== undefined || operator.argument === 'file') return null;
  return operator.compile(argument, { text: record.text, pattern: record.pattern });
}

function transformed(value: string, names: readonly string[]): string | null {
  let text = value;
  for (const name of names) {
    const transformation = findTransformation(name);
    if (transformation === undefined) return null;
    if (transformation.triggers !== null && (featuresOf(text) & transformation.triggers) === 0) continue;
    // Its result depends on a map that the pack may choose.
    if (name === 'urldecodeuni') return null;
    text = transformation.apply(text, { unicodeMap: null });
  }
  return text;
}
