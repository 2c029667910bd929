import type { Result } from './suite.js';

/** What a run must reach. */
export interface Bar {
  /** Least share of all tests that pass as they are written, percent. */
  readonly minPercent: number;
  readonly maxOverrides: number;
}

export interface Report {
  readonly lines: readonly string[];
  readonly isGood: boolean;
}

/** What there is to say about a run: failures, overrides with their reasons, the figures, and whether it reaches the bar. */
export function reportOf(results: readonly Result[], bar: Bar): Report {
  const of = (verdict: Result['verdict']): Result[] => results.filter((result) => result.verdict === verdict);
  const [failed, overridden, stale] = [of('failed'), of('overridden'), of('stale')];
  const passed = results.length - failed.length - overridden.length;
  const strict = percent(passed, results.length);
  const problems = [
    ...(strict < bar.minPercent ? [`${strict.toFixed(2)} % is below ${bar.minPercent} %`] : []),
    ...(overridden.length > bar.maxOverrides ? [`${overridden.length} overrides are more than ${bar.maxOverrides}`] : []),
    ...stale.map(({ test }) => `the override of ${test.id} is stale: the test passes without it`),
  ];
  return {
    lines: [
      ...failed.map((result) => `FAILED ${describe(result)}`),
      ...overridden.map((result) => `OVERRIDDEN ${describe(result)}; because: ${oneLine(result.override?.reason ?? '')}`),
      ...problems.map((problem) => `NOT GOOD: ${problem}`),
      `passed=${passed} failed=${failed.length} overridden=${overridden.length} total=${results.length} pass_rate=${strict.toFixed(2)}%`,
      `pass_rate_without_overridden=${percent(passed, results.length - overridden.length).toFixed(2)}%`,
    ],
    isGood: problems.length === 0,
  };
}

/** Rounded down, so that nothing looks like 100 that isn't. */
function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part * 10_000) / whole) / 100;
}

function describe({ test, reasons, status, logged, override, verdict }: Result): string {
  const isOverrideWrong = verdict === 'failed' && override !== null;
  const seen = `answered ${status ?? 'nothing'}, logged ${logged.join(' ') || 'nothing'}`;
  return `${test.id}: ${reasons.join(', ')}${isOverrideWrong ? ' (by its override)' : ''}; ${seen} (${test.file}:${test.line})`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
