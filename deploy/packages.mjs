// The Debian packages that Phalanx runs with, and how to get those that are missing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** For `npm start`: package, and the file that shows it is there. */
export const RUN_PACKAGES = [
  ['mosquitto', '/usr/sbin/mosquitto'],
  ['modsecurity-crs', '/usr/share/modsecurity-crs/rules'],
];

/** For `npm test` besides. */
export const TEST_PACKAGES = [
  ...RUN_PACKAGES,
  ['chromium', '/usr/bin/chromium'],
  ['fonts-noto-cjk', '/usr/share/fonts/opentype/noto'],
  ['redis-server', '/usr/bin/redis-server'],
  ['postgresql-15', '/usr/lib/postgresql/15/bin/postgres'],
];

function hasSudo() {
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
}

/** Installs what is missing, as root or with sudo; otherwise names the exact command and exits. */
export function ensurePackages(packages) {
  const missing = packages.filter(([, file]) => !existsSync(file)).map(([name]) => name);
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  const isRoot = process.getuid?.() === 0;
  if (!existsSync('/usr/bin/apt-get') || (!isRoot && !hasSudo())) {
    console.error(
      `phalanx: these packages are missing: ${missing.join(', ')}\n  Install them with: sudo apt-get update && sudo ${command}`,
    );
    process.exit(1);
  }
  console.log(`phalanx: installing ${missing.join(', ')}`);
  const prefix = isRoot ? [] : ['sudo', '-n'];
  const run = (args) => {
    const [program, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', ...args];
    return spawnSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  };
  run(['apt-get', 'update']);
  // A service that starts itself at installation would take its standard port; ours run as children on free ones.
  const installed = run(['RUNLEVEL=1', 'apt-get', 'install', '-y', '--no-install-recommends', ...missing]);
  const absent = packages.filter(([, file]) => !existsSync(file)).map(([name]) => name);
  if (!installed || absent.length > 0) {
    console.error(`phalanx: could not install ${absent.join(', ') || missing.join(', ')}. Try: ${isRoot ? '' : 'sudo '}${command}`);
    process.exit(1);
  }
}
