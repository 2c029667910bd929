import { RuleProblem } from '../model/rule-problem.js';
import type { IdRange } from '../model/step-record.js';

/** Reads ids and ranges such as `942100-942199` from words. */
export function parseIdRanges(words: readonly string[]): IdRange[] {
  const ranges = words.flatMap((word) => word.split(/[\t-\r ,]+/)).filter((word) => word !== '');
  if (ranges.length === 0) throw new RuleProblem('a rule id is expected');
  return ranges.map((range) => {
    const found = /^(\d+)(?:-(\d+))?$/.exec(range);
    const first = Number(found?.[1] ?? Number.NaN);
    const last = Number(found?.[2] ?? found?.[1] ?? Number.NaN);
    if (!(first <= last)) throw new RuleProblem(`${range} is not a rule id or range of ids`);
    return [first, last];
  });
}
