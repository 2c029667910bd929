import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { type WriteStream, createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '@phalanx/kit';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** File that its output is added to; without one the last lines are kept in memory only. */
  readonly logFile?: string;
}

const KEPT_CHARACTERS = 20_000;

/** A child process whose output is kept for error messages, and which never outlives its owner's `stop`. */
export class Child {
  readonly process: ChildProcess;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Resolves when it has ended and its last output has been handed out. */
  readonly drained: Promise<void>;
  private readonly log: WriteStream | null;
  private tail = '';
  private readonly lineListeners: ((line: string) => void)[] = [];

  constructor(readonly options: ChildOptions) {
    if (options.logFile) mkdirSync(dirname(options.logFile), { recursive: true });
    this.log = options.logFile ? createWriteStream(options.logFile, { flags: 'a' }) : null;
    const spawnOptions: SpawnOptions = {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: options.env ?? process.env,
      ...(options.cwd ? { cwd: options.cwd } : {}),
      ...(options.uid !== undefined ? { uid: options.uid, gid: options.gid } : {}),
      // A terminal's Ctrl-C reaches the owner alone, which then stops its children in order.
      detached: true,
    };
    this.process = spawn(options.command, options.args, spawnOptions);
    this.exited = new Promise((resolve) => {
      this.process.once('exit', (code, signal) => resolve({ code, signal }));
      this.process.once('error', () => resolve({ code: 127, signal: null }));
    });
    this.drained = new Promise((resolve) => {
      this.process.once('close', () => resolve());
      this.process.once('error', () => resolve());
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      let rest = '';
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.log?.write(text);
        this.tail = (this.tail + text).slice(-KEPT_CHARACTERS);
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) for (const listener of this.lineListeners) listener(line);
      });
    }
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  get running(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** The last output, for messages. */
  output(): string {
    return this.tail;
  }

  onLine(listener: (line: string) => void): void {
    this.lineListeners.push(listener);
  }

  /** Resolves with the first line that matches. Rejects when the process ends or the deadline (15 s unless said) passes first. */
  async line(pattern: RegExp, timeoutMs = 15_000): Promise<RegExpExecArray> {
    const known = pattern.exec(this.tail);
    if (known) return known;
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new AppError('unavailable', 'testing.no-line', `${this.options.command}: ${why}\n${this.tail}`));
      const timer = setTimeout(() => fail(`no line ${String(pattern)} within ${timeoutMs} ms`), timeoutMs);
      this.onLine((line) => {
        const match = pattern.exec(line);
        if (!match) return;
        clearTimeout(timer);
        resolve(match);
      });
      void this.exited.then(({ code, signal }) => {
        clearTimeout(timer);
        fail(`ended with ${signal ?? code} before the line ${String(pattern)}`);
      });
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Asks it to end, and kills it when it has not within the deadline. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', deadlineMs = 5_000): Promise<void> {
    if (this.running && this.pid > 0) {
      this.kill(signal);
      const timer = setTimeout(() => this.kill('SIGKILL'), deadlineMs);
      await this.exited;
      clearTimeout(timer);
    }
    this.log?.end();
  }
}
