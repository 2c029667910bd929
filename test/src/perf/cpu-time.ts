import { readdirSync, readFileSync } from 'node:fs';
import { parseProcessStat, type ProcessStat } from './process-stat.js';

/** Linux counts CPU time in hundredths of a second on every architecture that Node runs on. */
const TICKS_A_SECOND = 100;

/** Seconds of CPU that a process and its living children have used. Ended children count with their parent once it has waited for them. */
export function cpuSecondsOf(pid: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(name) : null;
    const isItself = name === String(pid);
    if (!stat || (!isItself && stat.parent !== pid)) continue;
    ticks += stat.userTicks + stat.systemTicks + (isItself ? stat.endedChildrenTicks : 0);
  }
  return ticks / TICKS_A_SECOND;
}

/** Null when the process has ended. */
function statOf(pid: string): ProcessStat | null {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
