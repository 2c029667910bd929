import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { sharedData } from '@phalanx/testing';

const folder = sharedData('injection');

/** A suite that needs the injection corpora; skipped, with the reason printed, where they are not there. */
export const describeWithCorpora: (title: string, suite: () => void) => void = folder === null ? describe.skip : describe;

/** The lines of a corpus, as latin1 byte strings, without empty ones. */
export function readCorpus(name: string): string[] {
  return readFileSync(join(folder ?? '', name), 'latin1')
    .split('\n')
    .filter((line) => line !== '');
}

/** Decodes a URL-encoded line of a corpus, `+` as space. */
export function formDecode(line: string): string {
  return line.replaceAll('+', ' ').replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
