// `npm test`: everything that must hold, from a fresh clone. Ends with the line `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuild, ensureModules } from './bootstrap.mjs';
import { pinnedNode, root } from './node.mjs';
import { ensurePackages, OPTIONAL_TEST_PACKAGES, TEST_PACKAGES, tryPackages } from './packages.mjs';

ensurePackages(TEST_PACKAGES);
tryPackages(OPTIONAL_TEST_PACKAGES);
ensureModules();
ensureBuild();

const node = (args, env = process.env) => spawnSync(pinnedNode(), args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env }).status;
const checkOk = node([`${root}/deploy/check.mjs`]) === 0;

const folder = mkdtempSync(join(tmpdir(), 'phalanx-test-'));
const jest = `${root}/node_modules/jest/bin/jest.js`;
const WHOLE_STACKS = 'test/src/(e2e|browser)/';

/** One run of Jest. Whole stacks run one after the other: each is many processes already. */
function run(name, args) {
  const report = join(folder, `${name}.json`);
  const status = node([
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    jest,
    '--json',
    `--outputFile=${report}`,
    ...args,
  ]);
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return { passed: result.numPassedTests, failed: failed === 0 && status !== 0 ? 1 : failed, skipped: result.numPendingTests };
}

const counts = [{ passed: checkOk ? 1 : 0, failed: checkOk ? 0 : 1, skipped: 0 }];
try {
  counts.push(run('parts', ['--testPathIgnorePatterns', '/node_modules/', '/dist/', WHOLE_STACKS]));
  counts.push(run('stacks', ['--runInBand', '--testPathPatterns', WHOLE_STACKS]));
} catch (error) {
  console.error(`a test report could not be read: ${error.message}`);
  counts.push({ passed: 0, failed: 1, skipped: 0 });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
let failed = sum('failed');
if (process.env.CI && sum('skipped') > 0) {
  console.log(`${sum('skipped')} tests were skipped; in CI everything must run`);
  failed += sum('skipped');
}
console.log(`${sum('passed')} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
