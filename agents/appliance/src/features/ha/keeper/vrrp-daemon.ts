import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { sleep } from '@phalanx/kit';
import type { HaHome } from '../ha-home.js';
import { isStopped, processOfFile, type ProcessState, readProcess, signalProcess } from './process-state.js';
import { askForDump, type StateDump } from './state-dump.js';

const START_MS = 3_000;
const LOG_BYTES = 512 * 1024;

/** What is wrong with the daemon's two processes. */
export type DaemonTrouble = 'daemon-died' | 'daemon-child-died' | 'daemon-hung';

/**
 * keepalived's two processes: the parent, and the child that speaks VRRP. They live on without the keeper and are found again by pid file and
 * command line. The child isn't restarted by its parent (`--dont-respawn`): that would take the addresses away and wait, which the keeper does better.
 */
export class VrrpDaemon {
  /** How often it was started; tells one daemon from its successor. */
  starts = 0;
  private parent: ProcessState | null = null;
  private child: ProcessState | null = null;
  private hasParentLeft = false;
  private dumps: Promise<unknown> = Promise.resolve();

  constructor(private readonly home: HaHome) {}

  get isKnown(): boolean {
    return this.parent !== null;
  }

  /** Finds a daemon that an earlier keeper has started. */
  adopt(): boolean {
    this.parent = processOfFile(this.home.parentPid, this.home.keepalivedConfig);
    this.child = processOfFile(this.home.childPid, this.home.keepalivedConfig);
    if (this.parent && this.child && !isStopped(this.parent) && !isStopped(this.child)) return true;
    this.kill();
    return false;
  }

  /** Looks at both processes. Null: all is well. Costs two small reads. */
  trouble(): DaemonTrouble | null {
    if (!this.parent || !this.child) return null;
    const parent = this.now(this.parent);
    const child = this.now(this.child);
    // A parent whose child died ends by itself.
    if (!parent) return this.hasParentLeft ? 'daemon-child-died' : 'daemon-died';
    if (!child) return 'daemon-child-died';
    return isStopped(parent) || isStopped(child) ? 'daemon-hung' : null;
  }

  /** Starts it with the configuration that lies there. Resolves when its child runs; rejects with its last words when it doesn't. */
  async start(): Promise<void> {
    const { home } = this;
    this.kill();
    this.starts++;
    mkdirSync(home.dumpFolder, { recursive: true, mode: 0o700 });
    for (const path of [home.parentPid, home.childPid]) rmSync(path, { force: true });
    this.trimLog();
    const log = openSync(home.keepalivedLog, 'a', 0o600);
    let started: ChildProcess;
    try {
      const files = ['-f', home.keepalivedConfig, '-p', home.parentPid, '-r', home.childPid];
      started = spawn('keepalived', ['--dont-fork', '--vrrp', '--dont-respawn', '--log-console', '--no-syslog', ...files], {
        cwd: home.root,
        detached: true,
        stdio: ['ignore', log, log],
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TMPDIR: home.dumpFolder },
      });
    } finally {
      closeSync(log);
    }
    let failure: string | null = null;
    started.once('error', (error) => (failure = error.message));
    this.hasParentLeft = false;
    const { starts } = this;
    started.once('exit', (code) => {
      if (this.starts === starts) this.hasParentLeft = code !== null;
    });
    started.once('exit', (code, signal) => (failure ??= `it ended with ${signal ?? code}: ${this.lastWords()}`));
    started.unref();
    for (let waitedMs = 0; waitedMs < START_MS; waitedMs += 4) {
      await sleep(4);
      if (failure !== null) break;
      this.parent = started.pid === undefined ? null : readProcess(started.pid);
      this.child = processOfFile(home.childPid, home.keepalivedConfig);
      if (this.parent && this.child) return;
    }
    this.kill();
    throw new Error(failure ?? `its child did not start: ${this.lastWords()}`);
  }

  /** Has it read its configuration again; addresses and state stay. */
  reload(): void {
    if (this.parent) signalProcess(this.parent.pid, 'SIGHUP');
  }

  /** Its account of itself, or null when it doesn't answer in time. */
  dump(timeoutMs: number): Promise<StateDump | null> {
    const answer = this.dumps.then(() => (this.child ? askForDump(this.child.pid, this.home.dumpFolder, timeoutMs) : null));
    this.dumps = answer.catch(() => null);
    return answer;
  }

  /** Has it say good-bye and give its addresses away; kills it when it takes too long. */
  async stop(deadlineMs: number): Promise<void> {
    if (this.parent) signalProcess(this.parent.pid, 'SIGTERM');
    for (let waitedMs = 0; waitedMs < deadlineMs && this.parent && this.now(this.parent); waitedMs += 10) await sleep(10);
    this.kill();
  }

  /** Ends both at once. The addresses stay as they are. */
  kill(): void {
    for (const known of [this.parent, this.child]) if (known && this.now(known)) signalProcess(known.pid, 'SIGKILL');
    this.parent = null;
    this.child = null;
  }

  lastWords(): string {
    try {
      return readFileSync(this.home.keepalivedLog, 'utf8').trimEnd().split('\n').slice(-3).join(' | ').slice(-400);
    } catch {
      // It said nothing.
      return 'no log';
    }
  }

  /** The daemon goes on writing to the same file. */
  trimLog(): void {
    const { keepalivedLog } = this.home;
    if ((statSync(keepalivedLog, { throwIfNoEntry: false })?.size ?? 0) < LOG_BYTES) return;
    copyFileSync(keepalivedLog, `${keepalivedLog}.1`);
    truncateSync(keepalivedLog);
  }

  writeTrack(value: 0 | 1): void {
    writeFileSync(this.home.track, `${value}\n`, { mode: 0o600 });
  }

  private now(known: ProcessState): ProcessState | null {
    const found = readProcess(known.pid);
    return found?.startTicks === known.startTicks ? found : null;
  }
}
