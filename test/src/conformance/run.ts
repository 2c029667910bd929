import { AppError } from '@phalanx/kit';
import { findCrs } from './crs-layout.js';
import { EngineUnderTest } from './engine-under-test.js';
import type { Options } from './options.js';
import { readOverrides } from './overrides.js';
import { ReflectingOrigin } from './reflecting-origin.js';
import { reportOf, type Report } from './report.js';
import { runSuite, type Result } from './suite.js';
import { readTestFiles } from './test-files.js';

/** How a whole run went. */
export interface RunOutcome extends Report {
  readonly results: readonly Result[];
  /** Requests that the engine let through to the back end. */
  readonly originRequests: number;
}

const PROGRESS_EVERY = 500;

/** Runs the tests of a folder against an engine process of its own in front of a back end of its own. `tell` gets progress, line by line. */
export async function run(options: Options, tell: (line: string) => void): Promise<RunOutcome> {
  const crs = findCrs(options.crs);
  const overrides = readOverrides(options.overrides);
  const files = readTestFiles(options.tests);
  for (const file of files.passedOver) tell(`${file} is a list of overrides of another engine and holds no tests`);
  const tests = files.tests.filter(({ id }) => options.only?.test(id) ?? true);
  if (tests.length === 0) throw new AppError('invalid', 'conformance.no-tests', 'no test is asked for');
  tell(`${tests.length} tests, ${crs.rules.length} rule files; ${options.lanes} at once`);
  const origin = await ReflectingOrigin.start();
  try {
    const engine = await EngineUnderTest.start(crs, origin.port);
    try {
      let done = 0;
      const results = await runSuite(engine, tests, {
        overrides,
        lanes: options.lanes,
        onResult: () => {
          done += 1;
          if (done % PROGRESS_EVERY === 0) tell(`${done} of ${tests.length} tests are done`);
        },
      });
      return { results, originRequests: origin.requests, ...reportOf(results, options) };
    } finally {
      await engine.stop();
    }
  } finally {
    await origin.stop();
  }
}
