import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '@phalanx/kit';

/** Root of the checkout. */
export const repositoryRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) {
    if (folder === dirname(folder)) throw new AppError('unavailable', 'testing.no-repository', 'these files are in no checkout of Phalanx');
    folder = dirname(folder);
  }
  return folder;
})();

/** Path of a built program. Throws when the build has not been run. */
export function builtProgram(path: string): string {
  const file = join(repositoryRoot, path);
  if (!existsSync(file)) throw new AppError('unavailable', 'testing.not-built', `${path} is not built; run: npm run build`);
  return file;
}

/** A folder of the test corpora beside the checkout (or in `PHALANX_SHARED_DATA`), or null, with the reason printed, where it is not there. */
export function sharedData(folder: string): string | null {
  const base = process.env['PHALANX_SHARED_DATA'] ?? join(repositoryRoot, '../shared/data');
  const path = join(base, folder);
  if (existsSync(path)) return path;
  console.log(`skipped: the test data ${folder} is not there`);
  return null;
}
