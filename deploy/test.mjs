// `npm test`: everything that must hold, from a fresh clone. Ends with the line `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuild, ensureModules } from './bootstrap.mjs';
import { pinnedNode, root } from './node.mjs';
import { ensurePackages, TEST_PACKAGES } from './packages.mjs';

ensurePackages(TEST_PACKAGES);
ensureModules();
ensureBuild();

const node = (args, env = process.env) => spawnSync(pinnedNode(), args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env }).status;
const checkOk = node([`${root}/deploy/check.mjs`]) === 0;

const folder = mkdtempSync(join(tmpdir(), 'phalanx-test-'));
const report = join(folder, 'report.json');
const jest = `${root}/node_modules/jest/bin/jest.js`;
const status = node([
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  jest,
  '--json',
  `--outputFile=${report}`,
  ...process.argv.slice(2),
]);

let passed = 0;
let failed = checkOk ? 0 : 1;
let skipped = 0;
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed = result.numPassedTests + (checkOk ? 1 : 0);
  failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  skipped = result.numPendingTests;
} catch (error) {
  console.error(`the test report could not be read: ${error.message}`);
  failed += 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (status !== 0 && failed === 0) failed = 1;
if (process.env.CI && skipped > 0) {
  console.log(`${skipped} tests were skipped; in CI everything must run`);
  failed += skipped;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
