import { readFileSync } from 'node:fs';
import { readOutput } from './ftw-file.js';
import type { FtwOutput } from './ftw-test.js';
import { YamlSource, type Section } from './section.js';

/** What a test is to give here instead of what its file says, and why. */
export interface Override {
  readonly id: string;
  readonly reason: string;
  /** Holds for every stage in place of the test's own expectations. */
  readonly output: FtwOutput;
}

/**
 * Reads a list of overrides in the format that CRS keeps for other engines: `test_overrides`, each with rule, tests, reason and the output that
 * takes the place of the test's. Keys are the ids of tests. Throws `file:line: reason`.
 */
export function readOverrides(path: string): ReadonlyMap<string, Override> {
  const root = new YamlSource(path, readFileSync(path, 'utf8')).root();
  const overrides = new Map<string, Override>();
  if (root === null) return overrides;
  root.ignore('version', 'meta');
  for (const item of root.sections('test_overrides') ?? []) {
    for (const override of readOverride(item)) {
      if (overrides.has(override.id)) throw item.error('test_ids', `names ${override.id} a second time`);
      overrides.set(override.id, override);
    }
  }
  root.end();
  return overrides;
}

function readOverride(item: Section): Override[] {
  const ruleId = item.whole('rule_id');
  const testIds = item.wholes('test_ids');
  const reason = item.text('reason')?.trim() ?? '';
  const output = item.section('output');
  if (ruleId === undefined) throw item.error('rule_id', 'is missing');
  if (testIds === undefined || testIds.length === 0) throw item.error('test_ids', 'must name the tests');
  if (reason === '') throw item.error('reason', 'is missing');
  if (output === undefined) throw item.error('output', 'is missing');
  const read = readOutput(output);
  item.end();
  return testIds.map((testId) => ({ id: `${ruleId}-${testId}`, reason, output: read }));
}
