import { readdirSync, readFileSync } from 'node:fs';
import { sleep } from '@phalanx/kit';

/** CPU time of a process and its children with all their threads: the scheduler's own count, which is finer than the ticks of `stat`. */
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
    for (const pid of [this.#pid, ...childrenOf(this.#pid)]) {
      for (const thread of readdirSync(`/proc/${pid}/task`)) total += onCpuNs(pid, thread);
    }
    return total / 1e6;
  }
}

/** The engine's traffic is served by workers, which its process starts. */
function childrenOf(pid: number): number[] {
  const words = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ');
  return words.filter((word) => word !== '').map(Number);
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
