import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe } from '@jest/globals';

const root = resolve(process.env['PHALANX_SHARED_DATA'] ?? '../shared/data');

/** A suite that needs the shared test data; skipped with a printed reason when it is not there. */
export const describeWithData: (title: string, suite: () => void) => void = existsSync(root) ? describe : skipForWantOfData;

/** The lines of a file of the shared test data, as latin1 byte strings, without empty ones. */
export function readDataLines(path: string): string[] {
  return readFileSync(resolve(root, path), 'latin1')
    .split('\n')
    .filter((line) => line !== '');
}

/** Decodes a URL-encoded line of the corpus, `+` as space. */
export function formDecode(line: string): string {
  return line.replaceAll('+', ' ').replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function skipForWantOfData(title: string, suite: () => void): void {
  console.log(`${title}: skipped, no test data in ${root}`);
  describe.skip(title, suite);
}
