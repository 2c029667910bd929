// The Debian packages that Phalanx runs with, and how to get those that are missing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** For `npm start`: package, and the file that shows it is there. */
export const RUN_PACKAGES = [
  ['mosquitto', '/usr/sbin/mosquitto'],
  ['modsecurity-crs', '/usr/share/modsecurity-crs/rules'],
];

/** For the demo's pair of appliances, which only root can run; without them there is none. */
export const PAIR_PACKAGES = [
  ['iproute2', '/usr/sbin/ip'],
  ['nftables', '/usr/sbin/nft'],
  ['procps', '/usr/sbin/sysctl'],
  ['keepalived', '/usr/sbin/keepalived'],
  ['conntrackd', '/usr/sbin/conntrackd'],
  ['conntrack', '/usr/sbin/conntrack'],
];

/** For `npm test` besides. */
export const TEST_PACKAGES = [
  ...RUN_PACKAGES,
  ...PAIR_PACKAGES,
  ['iputils-ping', '/usr/bin/ping'],
  ['chromium', '/usr/bin/chromium'],
  ['fonts-noto-cjk', '/usr/share/fonts/opentype/noto'],
  ['redis-server', '/usr/bin/redis-server'],
  ['nginx', '/usr/sbin/nginx'],
  ['libnginx-mod-http-modsecurity', '/usr/lib/nginx/modules/ngx_http_modsecurity_module.so'],
  ['wrk', '/usr/bin/wrk'],
];

/** Tests that use these say that they are left out where the distribution has none; in CI they must be there. */
export const OPTIONAL_TEST_PACKAGES = [['postgresql-15', '/usr/lib/postgresql/15/bin/postgres']];

function hasSudo() {
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
}

export const isRoot = process.getuid?.() === 0;
const absentOf = (packages) => packages.filter(([, file]) => !existsSync(file)).map(([name]) => name);

/** Whether this account may install packages on this machine. */
function mayInstall() {
  return existsSync('/usr/bin/apt-get') && (isRoot || hasSudo());
}

function aptGet(...args) {
  const prefix = isRoot ? [] : ['sudo', '-n'];
  // A service that starts itself at installation would take its standard port; ours run as children on free ones.
  const [program, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', ...args];
  return spawnSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

/** Installs what is missing, as root or with sudo; otherwise names the exact command and exits. */
export function ensurePackages(packages) {
  const missing = absentOf(packages);
  if (missing.length === 0) return;
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  if (!mayInstall()) {
    console.error(
      `phalanx: these packages are missing: ${missing.join(', ')}\n  Install them with: sudo apt-get update && sudo apt-get ${install.join(' ')}`,
    );
    process.exit(1);
  }
  console.log(`phalanx: installing ${missing.join(', ')}`);
  aptGet('update');
  const installed = aptGet(...install);
  const absent = absentOf(packages);
  if (!installed || absent.length > 0) {
    console.error(
      `phalanx: could not install ${absent.join(', ') || missing.join(', ')}. Try: ${isRoot ? '' : 'sudo '}apt-get ${install.join(' ')}`,
    );
    process.exit(1);
  }
}

/** Installs what is missing where that can be done, and goes on without where it can't. */
export function tryPackages(packages) {
  const missing = absentOf(packages);
  if (missing.length === 0 || !mayInstall()) return;
  console.log(`phalanx: installing ${missing.join(', ')}`);
  aptGet('update');
  if (!aptGet('install', '-y', '--no-install-recommends', ...missing))
    console.log(`phalanx: ${missing.join(', ')} can’t be had here; what needs it is left out`);
}
