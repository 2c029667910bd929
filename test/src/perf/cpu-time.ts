import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second on every architecture that Node runs on. */
const TICKS_A_SECOND = 100;

/** Seconds of CPU that a process and its living children have used. Ended children count with their parent once it has waited for them. */
export function cpuSecondsOf(pid: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    const fields = /^\d+$/.test(name) ? statOf(name) : null;
    if (!fields || (name !== String(pid) && fields[1] !== String(pid))) continue;
    ticks += [11, 12, ...(name === String(pid) ? [13, 14] : [])].reduce((sum, index) => sum + Number(fields[index]), 0);
  }
  return ticks / TICKS_A_SECOND;
}

/** Fields of `/proc/<pid>/stat` from the third (state) on, or null when the process has ended. */
function statOf(pid: string): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
