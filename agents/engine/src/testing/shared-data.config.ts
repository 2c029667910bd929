import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SignaturePack } from '@phalanx/contracts';

/** Folder of the outside rule sets and corpora that tests load: `../shared/data` beside the repository, or PHALANX_SHARED_DATA. */
const SHARED_DATA = process.env.PHALANX_SHARED_DATA ?? resolve(import.meta.dirname, '../../../../../shared/data');

/** The OWASP Core Rule Set 4 as a signature pack, or null (with a printed reason) where it isn't there. */
export function crsPack(): SignaturePack | null {
  const folder = join(SHARED_DATA, 'crs-4.25.1');
  if (!existsSync(join(folder, 'rules'))) {
    console.log(`skipped: the Core Rule Set is not at ${folder}`);
    return null;
  }
  const files: Record<string, string> = { 'crs-setup.conf': readFileSync(join(folder, 'crs-setup.conf.example'), 'utf8') };
  const names = readdirSync(join(folder, 'rules'))
    .filter((name) => /\.(?:conf|data)$/.test(name))
    .sort();
  for (const name of names) files[`rules/${name}`] = readFileSync(join(folder, 'rules', name), 'utf8');
  const load = ['crs-setup.conf', ...names.filter((name) => name.endsWith('.conf')).map((name) => `rules/${name}`)];
  return { version: 1, name: 'crs', packVersion: '4.25.1', load, files };
}
