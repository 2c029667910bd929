import { readdirSync, readFileSync } from 'node:fs';
import { sleep } from '@phalanx/kit';

/** CPU time of a process and all its threads, in nanoseconds: the scheduler's own count, which is finer than the ticks of `stat`. */
export class CpuMeter {
  readonly #pid: number;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Milliseconds so far, once the process has come to rest: work after an answer counts with its request. */
  async settledMs(): Promise<number> {
    let before = this.#nowMs();
    for (let tries = 0; tries < 500; tries++) {
      await sleep(1);
      const now = this.#nowMs();
      if (now - before < 0.02) return now;
      before = now;
    }
    return before;
  }

  #nowMs(): number {
    let total = 0;
    for (const thread of readdirSync(`/proc/${this.#pid}/task`)) total += onCpuNs(this.#pid, thread);
    return total / 1e6;
  }
}

/** Time on CPU of a thread; 0 when it has just ended. */
function onCpuNs(pid: number, thread: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return 0;
    throw error;
  }
}
