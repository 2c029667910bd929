import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTicksOf } from '../process-identity.js';

const NAME = /^phalanx-engine-(\d+)-/;

/** Makes a folder for what goes with this process, and removes those of processes that were killed before they could. */
export function makePassingState(): string {
  const parent = tmpdir();
  for (const name of readdirSync(parent)) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || startTicksOf(Number(pid)) !== null) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // Another user's: theirs to remove.
    }
  }
  return mkdtempSync(join(parent, `phalanx-engine-${process.pid}-`));
}
