import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AppError } from '@phalanx/kit';
import { readFtwFile } from './ftw-file.js';
import type { FtwTest } from './ftw-test.js';
import { TEST_FILE_ERROR } from './section.js';

/** The tests of a folder (or of one file), and the files in it that are another engine's overrides. */
export interface TestFiles {
  readonly tests: readonly FtwTest[];
  readonly passedOver: readonly string[];
}

/** Reads all `.yaml` and `.yml` files below a folder. Throws `file:line: reason` for what can't be used, and for a test that is there twice. */
export function readTestFiles(path: string): TestFiles {
  const tests: FtwTest[] = [];
  const passedOver: string[] = [];
  const known = new Map<string, FtwTest>();
  for (const file of yamlFiles(path)) {
    const read = readFtwFile(file, readFileSync(file, 'utf8'));
    if (read.kind === 'overrides') {
      passedOver.push(file);
      continue;
    }
    for (const test of read.tests) {
      const other = known.get(test.id);
      if (other !== undefined)
        throw new AppError('invalid', TEST_FILE_ERROR, `${file}:${test.line}: ${test.id} is in ${other.file}:${other.line} too`);
      known.set(test.id, test);
      tests.push(test);
    }
  }
  if (tests.length === 0) throw new AppError('invalid', 'conformance.no-tests', `${path} holds no tests`);
  return { tests, passedOver };
}

function yamlFiles(path: string): string[] {
  if (!existsSync(path)) throw new AppError('invalid', 'conformance.no-tests', `${path} is not there`);
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[^.].*\.ya?ml$/.test(basename(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
