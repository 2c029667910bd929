import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Identifies this boot of the machine. */
export function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
}

/** The kernel's monotonic clock in milliseconds: one count for all processes of a boot. */
export function monotonicMs(): number {
  return Math.round(Number(process.hrtime.bigint() / 1000n)) / 1000;
}

/** One moment by both of the box's clocks: the wall clock as RFC 3339, and the monotonic one. */
export const eventInstantSchema = z.strictObject({ time: z.iso.datetime({ offset: false }), monotonicMs: z.number().nonnegative() });
export type EventInstant = Readonly<z.infer<typeof eventInstantSchema>>;

export function instantNow(): EventInstant {
  return { time: new Date().toISOString(), monotonicMs: monotonicMs() };
}

/** Start time of a process in clock ticks since boot, or null when there is none with that pid. @see proc_pid_stat(5) field 22 */
export function startTicksOf(pid: number | 'self'): number | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH') return null;
    throw error;
  }
  // The command's name may hold spaces and brackets, so fields count from its end.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
}
