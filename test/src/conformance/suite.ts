import type { EngineUnderTest } from './engine-under-test.js';
import type { FtwTest } from './ftw-test.js';
import { Lane, NOTHING_SEEN } from './lane.js';
import { loggedIds } from './log-lines.js';
import type { Override } from './overrides.js';

/** How a test ended. `stale`: it passes without its override, which must go. */
type Verdict = 'passed' | 'failed' | 'overridden' | 'stale';

export interface Result {
  readonly test: FtwTest;
  readonly verdict: Verdict;
  /** Why it failed, by its own expectations; for a failed override, by those. */
  readonly reasons: readonly string[];
  readonly status: number | null;
  readonly logged: readonly number[];
  readonly override: Override | null;
}

export interface SuiteOptions {
  readonly overrides: ReadonlyMap<string, Override>;
  /** Tests that are under way at once. */
  readonly lanes: number;
  /** Called after each test. */
  readonly onResult?: (result: Result) => void;
}

/** Runs all tests; results are in the order of the tests. */
export async function runSuite(engine: EngineUnderTest, tests: readonly FtwTest[], options: SuiteOptions): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const runLane = async (lane: Lane): Promise<void> => {
    for (let index = next++; index < tests.length; index = next++) {
      const test = tests[index];
      if (test === undefined) return;
      const result = await runTest(lane, test, options.overrides.get(test.id) ?? null);
      results[index] = result;
      options.onResult?.(result);
    }
  };
  await Promise.all(Array.from({ length: options.lanes }, (_none, number) => runLane(new Lane(engine, number))));
  return results;
}

async function runTest(lane: Lane, test: FtwTest, override: Override | null): Promise<Result> {
  const own = test.problem === null ? await lane.run(test) : { reasons: [test.problem], seen: NOTHING_SEEN };
  if (own.reasons.length === 0) return resultOf(test, own, override === null ? 'passed' : 'stale', override);
  if (override === null || test.problem !== null) return resultOf(test, own, 'failed', null);
  const instead = await lane.run(test, override.output);
  return instead.reasons.length === 0 ? resultOf(test, own, 'overridden', override) : resultOf(test, instead, 'failed', override);
}

function resultOf(test: FtwTest, { reasons, seen }: Awaited<ReturnType<Lane['run']>>, verdict: Verdict, override: Override | null): Result {
  return { test, verdict, reasons, status: seen.answer?.status ?? null, logged: loggedIds(seen.audit), override };
}
