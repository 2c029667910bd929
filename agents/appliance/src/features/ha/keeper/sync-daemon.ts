import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApplianceHa } from '@phalanx/contracts';
import { backoffMs, type Logger, messageOf, sleep } from '@phalanx/kit';
import type { RunTool } from '../../../platform/system-tools.js';
import { renderConntrackd, secondNameFor } from '../conntrackd-config.js';
import type { HaHome } from '../ha-home.js';
import { processOfFile, type ProcessState, readProcess, signalProcess } from './process-state.js';

const STOP_MS = 2_000;
const LOG_BYTES = 512 * 1024;

/** conntrackd, which keeps the peer's connections at hand. It lives on without the keeper, like the VRRP daemon. */
export class SyncDaemon {
  private config: string | null = null;
  private process: ProcessState | null = null;
  private failures = 0;
  private retryAtMs = 0;
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly home: HaHome,
    private readonly run: RunTool,
    private readonly logger: Logger,
  ) {}

  get state(): 'off' | 'running' | 'failed' {
    if (this.config === null) return 'off';
    return this.isAlive() ? 'running' : 'failed';
  }

  /** Makes it run as the plan says; starts it anew when its configuration differs. */
  async configure(ha: ApplianceHa): Promise<void> {
    const wanted = renderConntrackd(ha);
    const { conntrackdConfig } = this.home;
    const before = this.config ?? readText(conntrackdConfig);
    this.process ??= processOfFile(this.home.conntrackdPid, conntrackdConfig);
    if (wanted === before && (wanted === null || this.isAlive())) {
      this.config = wanted;
      return;
    }
    await this.stop();
    this.config = wanted;
    if (wanted === null) return;
    writeFileSync(conntrackdConfig, wanted, { mode: 0o600 });
    const secondName = secondNameFor(ha.interface);
    if (secondName) await this.run('ip', ['link', 'property', 'add', 'dev', ha.interface, 'altname', secondName]).catch(() => undefined);
    await this.launch();
  }

  /** Starts it again when it has ended. */
  watch(): void {
    if (this.config === null || this.isAlive() || performance.now() < this.retryAtMs) return;
    this.retryAtMs = performance.now() + backoffMs(this.failures++, { firstMs: 500, maxMs: 30_000 });
    this.logger.warn('the connection-sync daemon ended and is started again', { said: readText(this.home.conntrackdLog)?.slice(-300) });
    void this.launch().catch((error: unknown) => this.logger.error('it does not start', { error: messageOf(error) }));
  }

  /** The peer's connections become this box's own. @see conntrackd's primary-backup.sh */
  becomeMaster(): void {
    this.ask(['-c'], ['-f'], ['-R'], ['-B']);
  }

  /** Asks the new master for all that it has. The kernel's own table stays: it also has the box's management connections. */
  becomeBackup(): void {
    this.ask(['-n']);
  }

  async stop(): Promise<void> {
    const { process } = this;
    if (process && this.isAlive()) {
      signalProcess(process.pid, 'SIGTERM');
      for (let waitedMs = 0; waitedMs < STOP_MS && this.isAlive(); waitedMs += 10) await sleep(10);
      if (this.isAlive()) signalProcess(process.pid, 'SIGKILL');
    }
    this.process = null;
    for (const name of ['conntrackd.lock', 'conntrackd.ctl', 'conntrackd.pid', 'conntrackd.conf'])
      rmSync(join(this.home.root, name), { force: true });
    this.config = null;
  }

  private ask(...orders: readonly (readonly string[])[]): void {
    if (this.state !== 'running') return;
    this.queue = this.queue.then(async () => {
      for (const order of orders) {
        try {
          await this.client(order);
        } catch (error) {
          this.logger.warn('the connection-sync daemon refused', { order: order.join(' '), error: messageOf(error) });
        }
      }
    });
  }

  /** Its files are named relative to the folder that it runs in. */
  private client(order: readonly string[]): Promise<string> {
    return this.run('env', ['-C', this.home.root, 'conntrackd', '-C', this.home.conntrackdConfig, ...order], { timeoutMs: 5_000 });
  }

  private async launch(): Promise<void> {
    const { home } = this;
    for (const name of ['conntrackd.lock', 'conntrackd.ctl']) rmSync(join(home.root, name), { force: true });
    if ((statSync(home.conntrackdLog, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) truncateSync(home.conntrackdLog);
    const log = openSync(home.conntrackdLog, 'a', 0o600);
    let started: ChildProcess;
    try {
      started = spawn('conntrackd', ['-C', home.conntrackdConfig], {
        cwd: home.root,
        detached: true,
        stdio: ['ignore', log, log],
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      });
    } finally {
      closeSync(log);
    }
    started.once('error', (error) => this.logger.error('conntrackd can not be run', { error: error.message }));
    started.unref();
    if (started.pid === undefined) return;
    writeFileSync(this.home.conntrackdPid, `${started.pid}\n`, { mode: 0o600 });
    this.process = readProcess(started.pid);
  }

  private isAlive(): boolean {
    const found = this.process && readProcess(this.process.pid);
    return found !== null && found.startTicks === this.process?.startTicks;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not there.
    return null;
  }
}
