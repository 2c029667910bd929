import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sharedData } from '@phalanx/testing';
import { inOlderFormat } from './older-format.js';
import { OWN_OVERRIDES, parseOptions } from './options.js';
import { readOverrides } from './overrides.js';
import { run, type RunOutcome } from './run.js';
import type { Result } from './suite.js';
import { readTestFiles } from './test-files.js';

// A few thousand requests on a machine that may be busy.
jest.setTimeout(180_000);

const crs = sharedData('crs-4.25.1');
const published = crs === null ? '' : join(crs, 'tests/regression');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phalanx-conformance-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function runHere(tests: string, ...more: string[]): Promise<RunOutcome> {
  return run(parseOptions(['--crs', crs ?? '', '--tests', tests, ...more]), () => undefined);
}

const verdicts = (results: readonly Result[]): Record<string, string> =>
  Object.fromEntries(results.map(({ test, verdict }) => [test.id, verdict]).toSorted());

/** A file of one test of rule 911100, with this method and these expectations. */
function oneTest(name: string, method: string, output: string): string {
  const path = join(folder, name);
  const headers = '{Host: localhost, User-Agent: test, Accept: "*/*"}';
  writeFileSync(
    path,
    `rule_id: 911100\ntests:\n  - test_id: 1\n    stages:\n      - input: {method: ${method}, headers: ${headers}}\n        output: ${output}\n`,
  );
  return path;
}

(crs === null ? describe.skip : describe)('the regression tests of CRS 4.25.1, sent to a real engine process', () => {
  let whole: RunOutcome;

  it('pass as they are written, but for a few overrides with reasons that hold', async () => {
    whole = await runHere(published);
    console.log(whole.lines.join('\n'));
    expect(whole.lines.filter((line) => !line.startsWith('OVERRIDDEN'))).toEqual([
      expect.stringMatching(/^passed=\d+ failed=0 overridden=\d+ total=\d+ pass_rate=99\.\d\d%$/),
      'pass_rate_without_overridden=100.00%',
    ]);
    expect(whole.isGood).toBe(true);
    expect(whole.results.length).toBeGreaterThan(3_500);
    // Whoever refuses everything passes no negative test: nearly all requests have come through.
    expect(whole.originRequests).toBeGreaterThan(whole.results.length * 0.98);
    const named = [...readOverrides(OWN_OVERRIDES).keys()].sort();
    expect(whole.results.flatMap(({ test, verdict }) => (verdict === 'overridden' ? [test.id] : [])).sort()).toEqual(named);
  });

  it('give the same verdicts in the format of CRS 3', async () => {
    const older = join(folder, 'older');
    mkdirSync(older);
    for (const file of new Set(readTestFiles(published).tests.map((test) => test.file)))
      writeFileSync(join(older, basename(file)), inOlderFormat(readFileSync(file, 'utf8')));
    expect(verdicts((await runHere(older)).results)).toEqual(verdicts(whole.results));
  });

  it('fail where the engine does otherwise, and say what it did', async () => {
    const { lines, isGood } = await runHere(
      oneTest('wrong.yaml', 'FOO', '{status: 403, log: {expect_ids: [942100], no_expect_ids: [911100]}}'),
    );
    expect(isGood).toBe(false);
    expect(lines[0]).toMatch(
      /^FAILED 911100-1: status 200, not 403, 942100 is missing, 911100 is not wanted; answered 200, logged .*911100.* \(.*wrong\.yaml:3\)$/,
    );
    expect(lines).toContain('passed=0 failed=1 overridden=0 total=1 pass_rate=0.00%');
  });

  it('fail where a key is not known, and go on with the others', async () => {
    const path = join(folder, 'unknown.yaml');
    const right = readFileSync(oneTest('right.yaml', 'FOO', '{log: {expect_ids: [911100]}}'), 'utf8');
    writeFileSync(path, `${right}  - test_id: 2\n    stages: [{input: {}, output: {statuz: 200}}]\n`);
    const { lines, isGood } = await runHere(path);
    expect(isGood).toBe(false);
    expect(lines[0]).toContain(`FAILED 911100-2: ${path}:8: tests.stages.output.statuz is not a known key`);
    expect(lines).toContain('passed=1 failed=1 overridden=0 total=2 pass_rate=50.00%');
  });

  it('are not good with an override that is stale, or one that does not hold itself', async () => {
    const tests = oneTest('overridden.yaml', 'FOO', '{log: {expect_ids: [911100]}}');
    const overrides = join(folder, 'overrides.yaml');
    const write = (status: number): void =>
      writeFileSync(overrides, `test_overrides:\n  - {rule_id: 911100, test_ids: [1], reason: because, output: {status: ${status}}}\n`);
    write(200);
    const stale = await runHere(tests, '--overrides', overrides, '--min', '0');
    expect(stale.isGood).toBe(false);
    expect(stale.lines).toContain('NOT GOOD: the override of 911100-1 is stale: the test passes without it');
    write(403);
    const wrong = await runHere(oneTest('overridden.yaml', 'FOO', '{status: 500}'), '--overrides', overrides);
    expect(wrong.isGood).toBe(false);
    expect(wrong.lines[0]).toMatch(/^FAILED 911100-1: status 200, not 403 \(by its override\)/);
  });

  it('are not run with rules that the engine does not take', async () => {
    const broken = join(folder, 'broken');
    mkdirSync(join(broken, 'rules'), { recursive: true });
    writeFileSync(join(broken, 'crs-setup.conf'), '');
    writeFileSync(join(broken, 'rules/a.conf'), '\nSecRule ARGS "@nosuch x" "id:1,phase:2"\n');
    const options = parseOptions(['--crs', broken, '--tests', oneTest('some.yaml', 'GET', '{}')]);
    await expect(run(options, () => undefined)).rejects.toThrow(/ended with 1 [^]*a\.conf:2: /);
  });
});

const DEBIAN_CRS = '/usr/share/modsecurity-crs';
const hasDebianCrs = existsSync(join(DEBIAN_CRS, 'rules'));
if (!hasDebianCrs) console.log('skipped: Debian package modsecurity-crs is not installed');

(hasDebianCrs ? describe : describe.skip)('tests of CRS 3.3.4, as Debian packages it', () => {
  it('run in the format of their time', async () => {
    const path = join(folder, 'crs3.yaml');
    const stage = (uri: string, output: string): string =>
      `{stage: {input: {dest_addr: 127.0.0.1, port: 80, method: GET, uri: "${uri}", headers: {Host: localhost, User-Agent: test, Accept: "*/*"}}, output: {${output}}}}`;
    writeFileSync(
      path,
      `meta: {author: test, enabled: true, name: 942100.yaml}
tests:
  - {test_title: 942100-1, stages: [${stage("/?a=1'%20or%20'1'='1", 'status: [200], log_contains: \'id "942100"\'')}]}
  - {test_title: 942100-2, stages: [${stage('/?a=hello', 'no_log_contains: \'id "942100"\'')}]}
  - {test_title: 941100-1, stages: [${stage('/?a=<script>alert(1)</script>', 'log_contains: \'id "941100".*libinjection\'')}]}
  - {test_title: 920350-1, stages: [${stage('/', "no_log_contains: 'id \"9'")}, ${stage('/a/../../etc/passwd', 'log_contains: \'id "930110"\'')}]}
`,
    );
    const { lines, isGood } = await run(parseOptions(['--crs', DEBIAN_CRS, '--tests', path]), () => undefined);
    expect(lines).toEqual(['passed=4 failed=0 overridden=0 total=4 pass_rate=100.00%', 'pass_rate_without_overridden=100.00%']);
    expect(isGood).toBe(true);
  });
});
