import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endOf } from './run-program.js';

/** All labs of this machine have a folder here, made before their first namespace and removed after their last. */
const LABS = join(tmpdir(), 'phalanx-labs');
const OWNER = 'owner.json';
const ID = /^px[0-9a-f]{6}$/;

interface Owner {
  readonly pid: number;
  /** The process's start, in clock ticks since boot: tells a reused pid apart. */
  readonly startTicks: string;
}

function startTicksOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/** Makes a lab's folder, which says who its owner is. */
export function claimLab(): { id: string; folder: string } {
  const id = `px${randomBytes(3).toString('hex')}`;
  const folder = join(LABS, id);
  mkdirSync(folder, { recursive: true });
  const owner: Owner = { pid: process.pid, startTicks: startTicksOf(process.pid) ?? '' };
  writeFileSync(join(folder, OWNER), JSON.stringify(owner));
  return { id, folder };
}

/** Removes a lab's namespaces with all that runs in them, then its folder. What is gone already is fine. */
export async function removeLab(id: string): Promise<void> {
  const list = await endOf('ip', ['-json', 'netns', 'list']);
  const names = (JSON.parse(list.stdout || '[]') as { name: string }[]).map(({ name }) => name).filter((name) => name.startsWith(`${id}-`));
  for (const name of names) {
    const { stdout } = await endOf('ip', ['netns', 'pids', name]);
    for (const pid of stdout.split('\n').filter(Boolean)) end(Number(pid));
  }
  for (const name of names) await endOf('ip', ['netns', 'del', name]);
  rmSync(join(LABS, id), { recursive: true, force: true });
}

function end(pid: number): void {
  if (pid === process.pid) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended on its own meanwhile.
  }
}

/** Removes what crashed runs left. */
export async function removeOrphans(): Promise<void> {
  mkdirSync(LABS, { recursive: true });
  for (const id of readdirSync(LABS).filter((name) => ID.test(name))) if (isOrphan(id)) await removeLab(id);
}

function isOrphan(id: string): boolean {
  try {
    const { pid, startTicks } = JSON.parse(readFileSync(join(LABS, id, OWNER), 'utf8')) as Owner;
    return startTicksOf(pid) !== startTicks;
  } catch {
    // Being made or being removed at this moment; or its owner died in between, and it has no namespace yet.
    return false;
  }
}
