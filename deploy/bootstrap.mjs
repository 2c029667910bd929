// From a fresh clone to a built tree: npm packages by the lock file, then the build. Each is skipped when nothing changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pinnedNode, root } from './node.mjs';

const stampFile = `${root}/node_modules/.phalanx-lock`;

function lockDigest() {
  return createHash('sha256')
    .update(readFileSync(`${root}/package-lock.json`))
    .digest('hex');
}

/** `npm ci` unless node_modules is already what the lock file says. */
export function ensureModules() {
  const digest = lockDigest();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === digest) return;
  console.log('phalanx: installing npm packages');
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const result = spawnSync(npm[0], [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel', 'error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status !== 0) {
    console.error('phalanx: npm ci failed; its own messages stand above');
    process.exit(1);
  }
  mkdirSync(`${root}/node_modules`, { recursive: true });
  writeFileSync(stampFile, digest);
}

export function ensureBuild() {
  const result = spawnSync(pinnedNode(), [`${root}/deploy/build.mjs`], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.status !== 0) process.exit(1);
}
