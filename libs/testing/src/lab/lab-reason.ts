import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

let known: string | null | undefined;

function look(): string | null {
  if (process.platform !== 'linux') return 'the test network needs Linux';
  if (process.getuid?.() !== 0) return 'the test network needs root';
  for (const [program, option] of [
    ['ip', '-V'],
    ['nft', '--version'],
    ['sysctl', '--version'],
  ] as const)
    if (spawnSync(program, [option], { stdio: 'ignore' }).status !== 0) return `the test network needs the program ${program}`;
  const name = `px${randomBytes(3).toString('hex')}-try`;
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  if (made.status !== 0) return `network namespaces are refused here: ${made.stderr.trim()}`;
  try {
    // A bridge, a pair of interfaces and a bridge table are all that segments are made of.
    const parts = spawnSync('ip', ['-n', name, 'link', 'add', 'br0', 'type', 'bridge'], { encoding: 'utf8' });
    if (parts.status !== 0) return `bridges are refused here: ${parts.stderr.trim()}`;
    const table = spawnSync('ip', ['netns', 'exec', name, 'nft', 'add table bridge lab'], { encoding: 'utf8' });
    return table.status === 0 ? null : `nftables is refused here: ${table.stderr.trim()}`;
  } finally {
    spawnSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
  }
}

/** Why a test network can't be made here (no root, a program missing, namespaces refused), or null where it can. Looks once a process. */
export function labReason(): string | null {
  if (known === undefined) known = look();
  return known;
}
