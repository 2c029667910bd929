import { readFileSync } from 'node:fs';

/** What tells this process and boot apart from any other, also after pids were reused. */
export interface ProcessIdentity {
  readonly bootId: string;
  readonly pid: number;
  /** Start time in clock ticks since boot: field 22 of `/proc/<pid>/stat`; 0 where there is no such file. */
  readonly startTicks: number;
}

/** Fields of `/proc/<pid>/stat` from its state on, or null. The command's name may hold spaces and brackets, so fields count from its end. */
function statFieldsOf(pid: number | 'self'): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** Start ticks of a process, or null when no process has that pid. */
export function startTicksOf(pid: number | 'self'): number | null {
  const fields = statFieldsOf(pid);
  return fields === null ? null : Number(fields[19] ?? 0);
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

/** What a process is doing, by its own entry in `/proc`. */
export interface ProcessActivity {
  /** Stopped by a signal or a tracer: it does nothing until it is continued. */
  readonly isStopped: boolean;
  /** CPU time so far, in milliseconds. */
  readonly cpuMs: number;
}

/** Clock ticks of `/proc/<pid>/stat` are hundredths of a second on every Linux. */
const TICK_MS = 10;

/** Null when no process has that pid, or the system doesn't say. */
export function activityOf(pid: number): ProcessActivity | null {
  const fields = statFieldsOf(pid);
  if (fields === null) return null;
  const [state = ''] = fields;
  return { isStopped: state === 'T' || state === 't', cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS };
}
