import { readFileSync } from 'node:fs';

/** A process as the kernel shows it. */
export interface ProcessState {
  readonly pid: number;
  /** Clock ticks since boot; with the pid it names one process for good. */
  readonly startTicks: number;
  /** One letter. @see proc_pid_stat(5) field 3 */
  readonly letter: string;
}

/** Null where there is no such process, or only its remains. */
export function readProcess(pid: number): ProcessState | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
  // The command's name may hold spaces and brackets, so fields count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const letter = fields[0]!;
  return letter === 'Z' || letter === 'X' ? null : { pid, letter, startTicks: Number(fields[19]) };
}

/** Whether it was stopped by a signal or a debugger. */
export function isStopped({ letter }: ProcessState): boolean {
  return letter === 'T' || letter === 't';
}

/** The process that a pid file names, if its command line holds `mark`. */
export function processOfFile(path: string, mark: string): ProcessState | null {
  let pid: number;
  try {
    pid = Number(readFileSync(path, 'latin1').trim());
    if (!Number.isInteger(pid) || pid < 2 || !readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(mark)) return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
  return readProcess(pid);
}

/** Sends a signal (by name or number). False where there is no such process any more. */
export function signalProcess(pid: number, signal: NodeJS.Signals | number): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
