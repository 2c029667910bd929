import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, statSync, truncateSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Disk, type Logger, sleep } from '@phalanx/kit';
import type { BoxHome } from '../../platform/box-home.js';
import { instantNow, readBootId } from '../../platform/box-identity.js';
import type { RunTool } from '../../platform/system-tools.js';
import { AGENT_VERSION } from '../../version.js';
import { HaHome } from './ha-home.js';
import { keeperPlanSchema, keeperReportSchema, type KeeperReport, parseFile } from './keeper-plan.js';
import { removeAddresses } from './keeper/addresses.js';
import { isStopped, processOfFile, readProcess, signalProcess } from './keeper/process-state.js';

/** A keeper that gives no sign of life for so long hangs; it gives one a second. */
const SILENCE_MS = 10_000;
const LOG_BYTES = 1024 * 1024;
/** One that ends as soon as it starts is not started again at once. */
const RELAUNCH_MS = 1_000;
const PROGRAM = fileURLToPath(new URL('./keeper/main.js', import.meta.url));

/** The keeper's process as the agent sees it: started detached, found again after a restart by pid and start time. */
export class KeeperProcess {
  readonly files: HaHome;
  private touched = { atMs: 0, stamp: 0 };
  private started: ChildProcess | null = null;
  private launchNotBefore = 0;

  constructor(
    private readonly box: BoxHome,
    private readonly disk: Disk,
    private readonly logger: Logger,
    private readonly program = PROGRAM,
  ) {
    this.files = new HaHome(box.ha);
  }

  /** What the keeper says of itself; null where none runs. */
  report(): KeeperReport | null {
    const report = parseFile(keeperReportSchema, this.disk.read(this.files.report));
    if (!report || report.bootId !== readBootId()) return null;
    return readProcess(report.pid)?.startTicks === report.startTicks ? report : null;
  }

  /** Has one run that is alive and of this agent's version. */
  ensure(): void {
    const report = this.report();
    if (report && this.isHung(report)) {
      this.logger.error('the keeper of the pair hangs and is replaced', { pid: report.pid });
      signalProcess(report.pid, 'SIGKILL');
    } else if (report && report.agentVersion !== AGENT_VERSION) {
      // It leaves its daemons to its successor.
      signalProcess(report.pid, 'SIGHUP');
    } else if (!report && !this.isStarting() && performance.now() >= this.launchNotBefore) this.launch();
  }

  /**
   * Takes the addresses off a box on which neither keeper nor daemon runs: the peer has them by now, or will have. The next keeper would do the
   * same, but only once it has started.
   */
  async removeOrphanedAddresses(run: RunTool): Promise<void> {
    const { keepalivedConfig, parentPid, childPid, plan } = this.files;
    if (this.report() || processOfFile(parentPid, keepalivedConfig) || processOfFile(childPid, keepalivedConfig)) return;
    const planned = parseFile(keeperPlanSchema, this.disk.read(plan));
    const removed = planned ? await removeAddresses(planned.ha, run) : [];
    if (removed.length === 0) return;
    // The next keeper tells of it, as having happened now.
    this.disk.replace(this.files.orphaned, JSON.stringify(instantNow()));
    this.logger.warn('addresses of a dead daemon were removed', { removed });
  }

  /** Ends it, and with it the box's part in the pair. */
  async stop(deadlineMs: number): Promise<void> {
    const report = this.report();
    if (!report) return;
    signalProcess(report.pid, 'SIGTERM');
    const isThere = () => readProcess(report.pid)?.startTicks === report.startTicks;
    for (let waitedMs = 0; waitedMs < deadlineMs && isThere(); waitedMs += 20) await sleep(20);
    if (isThere()) signalProcess(report.pid, 'SIGKILL');
  }

  private isStarting(): boolean {
    return this.started !== null && this.started.exitCode === null && this.started.signalCode === null;
  }

  private isHung({ pid }: KeeperReport): boolean {
    const stamp = statSync(this.files.beat, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (stamp !== this.touched.stamp) this.touched = { atMs: performance.now(), stamp };
    const process = readProcess(pid);
    return process !== null && (isStopped(process) || performance.now() - this.touched.atMs > SILENCE_MS);
  }

  private launch(): void {
    const { keeperLog, root } = this.files;
    this.disk.makeFolder(root);
    if ((statSync(keeperLog, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) truncateSync(keeperLog);
    const log = openSync(keeperLog, 'a', 0o600);
    try {
      const options = { cwd: root, detached: true, stdio: ['ignore', log, log] as const };
      this.started = spawn(process.execPath, ['--enable-source-maps', this.program, '--home', this.box.root], {
        ...options,
        stdio: [...options.stdio],
      });
    } finally {
      closeSync(log);
    }
    this.started.once('error', (error) => this.logger.error('the keeper of the pair can not be run', { error: error.message }));
    this.started.unref();
    this.launchNotBefore = performance.now() + RELAUNCH_MS;
    this.touched = { atMs: performance.now(), stamp: 0 };
  }
}
