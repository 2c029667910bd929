// Builds every package: TypeScript by project references, the console by Vite.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { pinnedNode, root } from './node.mjs';

function step(label, args, cwd = root) {
  const started = Date.now();
  const result = spawnSync(pinnedNode(), args, { cwd, stdio: 'inherit' });
  if (result.status !== 0) {
    console.error(`build: ${label} failed`);
    process.exit(result.status ?? 1);
  }
  console.log(`build: ${label} ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

step('packages', [`${root}/node_modules/typescript-7/bin/tsc`, '-b', 'tsconfig.json']);

/** Time of the newest file below a folder or of a file itself, in milliseconds; 0 where there is none. */
function newest(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(`${path}/${name}`)));
}

const sources = [
  'apps/console/src',
  'apps/console/index.html',
  'apps/console/vite.config.mts',
  'apps/console/public',
  'libs/contracts/src',
  'package-lock.json',
];
const builtAt = newest(`${root}/apps/console/dist/app/index.html`);
if (builtAt < Math.max(...sources.map((path) => newest(`${root}/${path}`)))) {
  step('console', [`${root}/node_modules/vite/bin/vite.js`, 'build', '--logLevel', 'warn'], `${root}/apps/console`);
}
