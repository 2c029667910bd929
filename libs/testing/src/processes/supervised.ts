import { backoffMs, messageOf, sleep } from '@phalanx/kit';
import type { Child } from './child.js';

export interface SupervisedOptions {
  readonly name: string;
  /** Starts the program and resolves when it is up. Rejects with the reason when it can't be. */
  readonly launch: () => Promise<Child>;
  /** Told of each unplanned end and each failed start. */
  readonly onTrouble?: (message: string) => void;
}

/** A program that is started again whenever it ends, with growing pauses while it keeps failing, until `stop`. */
export class Supervised {
  private child: Child | null = null;
  private stopping = false;
  private failures = 0;
  private loop: Promise<void> = Promise.resolve();
  /** How often it was started again. */
  restarts = 0;

  constructor(private readonly options: SupervisedOptions) {}

  get name(): string {
    return this.options.name;
  }

  /** Pid of the present process, or 0 while there is none. */
  get pid(): number {
    return this.child?.running ? this.child.pid : 0;
  }

  get output(): string {
    return this.child?.output() ?? '';
  }

  /** The first start; its failure is the caller's. */
  async start(): Promise<void> {
    this.child = await this.options.launch();
    this.loop = this.watch();
  }

  kill(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM', deadlineMs = 8_000): Promise<void> {
    this.stopping = true;
    await this.child?.stop(signal, deadlineMs);
    await this.loop;
  }

  private async watch(): Promise<void> {
    while (!this.stopping && this.child) {
      const startedAt = performance.now();
      const { code, signal } = await this.child.exited;
      if (this.isStopping()) return;
      this.failures = performance.now() - startedAt > 10_000 ? 0 : this.failures + 1;
      this.options.onTrouble?.(`${this.name} ended (${signal ?? `code ${code}`}) and is started again`);
      await this.relaunch();
    }
  }

  private async relaunch(): Promise<void> {
    while (!this.isStopping()) {
      await sleep(backoffMs(this.failures, { firstMs: 100, maxMs: 5_000 }));
      if (this.isStopping()) return;
      try {
        const child = await this.options.launch();
        this.restarts++;
        this.child = child;
        if (this.isStopping()) await child.stop();
        return;
      } catch (error) {
        this.failures++;
        this.options.onTrouble?.(`${this.name} could not be started: ${messageOf(error)}`);
      }
    }
  }

  // A method, so that its value is read anew after each wait.
  private isStopping(): boolean {
    return this.stopping;
  }
}
