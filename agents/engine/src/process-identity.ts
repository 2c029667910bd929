import { readFileSync } from 'node:fs';

/** What tells this process and boot apart from any other, also after pids were reused. */
export interface ProcessIdentity {
  readonly bootId: string;
  readonly pid: number;
  /** Start time in clock ticks since boot: field 22 of `/proc/<pid>/stat`; 0 where there is no such file. */
  readonly startTicks: number;
}

/** Start ticks of a process, or null when no process has that pid. The command's name may hold spaces and brackets, so fields count from its end. */
export function startTicksOf(pid: number | 'self'): number | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[19] ?? 0);
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return { bootId, pid: process.pid, startTicks: startTicksOf('self') ?? 0 };
}

/** Milliseconds since boot: orders events of a box whose wall clock jumps. */
export function monotonicMs(): number {
  return Math.round(Number(process.hrtime.bigint() / 1000n)) / 1000;
}
