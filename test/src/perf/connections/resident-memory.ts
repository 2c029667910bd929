import { readdirSync, readFileSync } from 'node:fs';
import { parseProcessStat } from '../process-stat.js';

/** Resident memory in kB that a text of `/proc/<pid>/status` states. Throws when there is none. */
export function parseResident(status: string): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error('no VmRSS in the status of a process');
  return Number(kilobytes);
}

/** Resident memory in kB of a process and its children. */
export function residentKb(pid: number): number {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  return [String(pid), ...children].reduce((sum, name) => sum + parseResident(readFileSync(`/proc/${name}/status`, 'latin1')), 0);
}

function parentOf(pid: string): number | null {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1')).parent;
  } catch {
    // It has ended since the folder was listed.
    return null;
  }
}

/** The hard limit of open files that a text of `/proc/self/limits` states; Infinity where there is none. */
export function parseOpenFiles(limits: string): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}
