import { readFileSync } from 'node:fs';

/** Identifies this boot of the machine. */
export function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
}

/** The kernel's monotonic clock in milliseconds: one count for all processes of a boot. */
function monotonicMs(): number {
  return Math.round(Number(process.hrtime.bigint() / 1000n)) / 1000;
}

/** A moment by both clocks. */
export interface Moment {
  readonly time: string;
  readonly monotonicMs: number;
}

export function now(): Moment {
  return { time: new Date().toISOString(), monotonicMs: monotonicMs() };
}

/** State letter and start time (clock ticks since boot) of a process, or null when there is none. @see proc_pid_stat(5) */
export function processOf(pid: number | 'self'): { readonly state: string; readonly startTicks: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command's name may hold spaces and brackets, so fields count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTicks: Number(fields[19] ?? 0) };
  } catch {
    return null;
  }
}

/** Whether a process runs: one that has ended and waits to be collected does not. */
export function isRunning(pid: number): boolean {
  const found = processOf(pid);
  return found !== null && found.state !== 'Z' && found.state !== 'X';
}
