// Builds every package: TypeScript by project references, the console by Vite.
import { spawnSync } from 'node:child_process';
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
step('console', [`${root}/node_modules/vite/bin/vite.js`, 'build', '--logLevel', 'warn'], `${root}/apps/console`);
