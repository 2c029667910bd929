import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { join, resolve } from 'node:path';
import { messageOf } from './app-error.js';
import { sha256Hex } from './canonical-json.js';

/**
 * What a process of a box is for. Where there is work for more than the processors can do, the guard comes first, then the engine, then what manages
 * them (F49).
 */
export type ProcessClass = 'guard' | 'engine' | 'agent';

interface ClassLimits {
  /** Of the scheduler: -20 (first) to 19. */
  readonly niceness: number;
  /** Share of the processor beside other groups, 1 to 10000. @see cgroup v2, cpu.weight */
  readonly cpuWeight: number;
  /** Part of the machine's memory that the whole group may take, 0 to 1; null: all of it. */
  readonly memoryShare: number | null;
}

const LIMITS: Readonly<Record<ProcessClass, ClassLimits>> = {
  guard: { niceness: -10, cpuWeight: 1000, memoryShare: null },
  engine: { niceness: -5, cpuWeight: 800, memoryShare: null },
  agent: { niceness: 10, cpuWeight: 20, memoryShare: 0.5 },
};

/** What was done for this process, and where it could not be, why. */
export interface Separation {
  /** The control group that it is in now, below the hierarchy's root; null: where it was before. */
  readonly cgroup: string | null;
  readonly niceness: number;
  readonly problems: readonly string[];
}

export interface SeparationOptions {
  /** Names the group beside those of other boxes on the machine; letters, digits and hyphens. */
  readonly box: string;
  /** Where version 2 of the control groups is; found in `/proc/self/mountinfo` unless given, null where it isn't. */
  readonly cgroups?: string | null;
  readonly memoryBytes: number;
}

/**
 * Puts this process, with all threads and children that it will have, into its class: a control group of its own where version 2 with the `cpu`
 * controller can be written, and its priority in any case. Never throws: a process that can't be separated runs all the same, and says so.
 */
export function separate(kind: ProcessClass, { box, cgroups = mountOfCgroups(), memoryBytes }: SeparationOptions): Separation {
  const problems: string[] = [];
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      problems.push(messageOf(error));
      return null;
    }
  };
  const limits = LIMITS[kind];
  const cgroup = cgroups === null ? null : attempt(() => enterGroup(cgroups, `${kind}-${box}`, limits, memoryBytes));
  attempt(() => setNiceness(limits.niceness));
  return { cgroup, niceness: getPriority(), problems };
}

/** A name for the box with this home, the same for all of its processes. */
export function boxNameOf(home: string): string {
  return sha256Hex(resolve(home)).slice(0, 12);
}

/** The mount of the version-2 hierarchy, if it has the `cpu` controller; else null. */
function mountOfCgroups(): string | null {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const root = mounts.find((line) => line.includes(' - cgroup2 '))?.split(' ')[4];
  if (root === undefined) return null;
  const controllers = join(root, 'cgroup.controllers');
  return existsSync(controllers) && readFileSync(controllers, 'utf8').split(/\s+/).includes('cpu') ? root : null;
}

function enterGroup(root: string, name: string, { cpuWeight, memoryShare }: ClassLimits, memoryBytes: number): string {
  const parent = join(root, 'phalanx');
  const group = join(parent, name);
  mkdirSync(parent, { recursive: true });
  for (const folder of [root, parent]) {
    const available = readFileSync(join(folder, 'cgroup.controllers'), 'utf8').split(/\s+/);
    const wanted = ['cpu', 'memory'].filter((controller) => available.includes(controller));
    writeFileSync(join(folder, 'cgroup.subtree_control'), wanted.map((controller) => `+${controller}`).join(' '));
  }
  mkdirSync(group, { recursive: true });
  writeFileSync(join(group, 'cpu.weight'), String(cpuWeight));
  if (memoryShare !== null && existsSync(join(group, 'memory.max')))
    writeFileSync(join(group, 'memory.max'), String(Math.floor(memoryBytes * memoryShare)));
  writeFileSync(join(group, 'cgroup.procs'), String(process.pid));
  return join('phalanx', name);
}

/** For every thread there is, each of which has a niceness of its own, and for the session's group, within which alone they count. @see sched(7), autogroup */
function setNiceness(niceness: number): void {
  for (const thread of readdirSync('/proc/self/task')) setPriority(Number(thread), niceness);
  const sessions = '/proc/sys/kernel/sched_autogroup_enabled';
  if (existsSync(sessions) && readFileSync(sessions, 'utf8').trim() === '1') writeFileSync('/proc/self/autogroup', String(niceness));
}
