import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, type ChildOptions } from '@phalanx/testing';

/** The processes and the temporary folder of one benchmark or test. */
export class Workbench {
  readonly folder: string;
  readonly #children: Child[] = [];
  #cleared: Promise<void> | null = null;

  /** The folder is open to the accounts that servers change to. */
  constructor(name: string) {
    this.folder = mkdtempSync(join(tmpdir(), `phalanx-${name}-`));
    chmodSync(this.folder, 0o755);
  }

  /** Starts a process that ends with the workbench; on one core alone where `core` is given. */
  start({ core, ...options }: ChildOptions & { readonly core?: number }): Child {
    const pinned =
      core === undefined ? options : { ...options, command: '/usr/bin/taskset', args: ['-c', `${core}`, options.command, ...options.args] };
    const child = new Child(pinned);
    this.#children.push(child);
    return child;
  }

  /** Ends the processes, the last started first, and removes the folder. Whoever calls it meanwhile waits for the same. */
  clear(): Promise<void> {
    this.#cleared ??= this.#clear();
    return this.#cleared;
  }

  async #clear(): Promise<void> {
    for (const child of this.#children.reverse()) await child.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs with a workbench that is cleared afterwards: also after a failure, and when a signal ends this process. */
export async function withWorkbench<T>(name: string, run: (bench: Workbench) => Promise<T>): Promise<T> {
  const bench = new Workbench(name);
  let isEnding = false;
  const onSignal = (): void => {
    isEnding = true;
    bench.clear().then(
      () => process.exit(130),
      () => process.exit(130),
    );
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, onSignal);
  try {
    return await run(bench);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    await bench.clear();
    // What failed because its processes were ended is no failure to report: the signal's handler ends this process.
    if (isEnding) await new Promise(() => undefined);
  }
}
