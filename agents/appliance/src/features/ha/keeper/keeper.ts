import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { ApplianceHa } from '@phalanx/contracts';
import { type Disk, type Logger, messageOf, sleep } from '@phalanx/kit';
import { readBootId, startTicksOf } from '../../../platform/box-identity.js';
import type { EngineLink } from '../../../platform/engine-link.js';
import type { EventRecorder } from '../../events/index.js';
import type { RunTool } from '../../../platform/system-tools.js';
import { AGENT_VERSION } from '../../../version.js';
import type { HaHome } from '../ha-home.js';
import { type KeeperPlan, keeperPlanSchema, type KeeperReport, parseFile } from '../keeper-plan.js';
import { applyPeerTable, readPeerCounts, removePeerTable } from '../peer-table.js';
import { EngineHealth } from './engine-health.js';
import { ForeignPeers } from './foreign-peers.js';
import { openFifo } from './open-fifo.js';
import { PairMember } from './pair-member.js';
import { StatusBook } from './status-book.js';
import { SyncDaemon } from './sync-daemon.js';

const TICK_MS = 20;
const INSPECT_MS = 1_000;
const FOREIGN_MS = 5_000;
/** The first look at the engine decides whether the daemon may take part. */
const FIRST_LOOK_MS = 2_000;

export interface KeeperParts {
  readonly home: HaHome;
  readonly engine: EngineLink;
  readonly run: RunTool;
  readonly disk: Disk;
  readonly recorder: EventRecorder;
  readonly logger: Logger;
}

/**
 * The keeper of a box's part in its pair: a small process of its own that outlives the agent. Follows `ha/plan.json`, drives the daemons, writes
 * `ha/state.json` and the events of each transition.
 */
export class Keeper {
  private readonly book: StatusBook;
  private readonly sync: SyncDaemon;
  private readonly foreign: ForeignPeers;
  private member: PairMember | null = null;
  private health: EngineHealth | null = null;
  private fifo: { close(): void } | null = null;
  private planned: KeeperPlan | null = null;
  private planStamp = '';
  private timers: NodeJS.Timeout[] = [];
  private working: Promise<void> = Promise.resolve();
  private lastForeignMs = 0;
  private isInspecting = false;

  constructor(private readonly parts: KeeperParts) {
    const { home, disk, recorder, logger, run } = parts;
    this.book = new StatusBook(home.state, disk, (event, at) => recorder.record(event, at), logger);
    this.sync = new SyncDaemon(home, run, logger);
    this.foreign = new ForeignPeers((event) => recorder.record(event));
  }

  start(): void {
    this.touch();
    this.report(null, null);
    this.timers = [setInterval(() => this.tick(), TICK_MS), setInterval(() => void this.inspect(), INSPECT_MS)];
  }

  /** Ends without a touch to the daemons: the next keeper finds them. */
  async leave(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.health?.stop();
    await this.working;
    this.fifo?.close();
  }

  /** Ends the box's part in the pair: the peer takes over, and nothing of it stays. */
  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.working;
    const { run, home } = this.parts;
    this.health?.stop();
    await this.member?.stop();
    this.fifo?.close();
    await this.sync.stop();
    await removePeerTable(run).catch((error: unknown) => this.parts.logger.warn('the peer table stays', { error: messageOf(error) }));
    this.parts.disk.remove(home.report);
  }

  private tick(): void {
    const stat = statSync(this.parts.home.plan, { throwIfNoEntry: false });
    const stamp = stat ? `${stat.ino} ${stat.mtimeMs}` : '';
    if (stamp !== '' && stamp !== this.planStamp) {
      this.planStamp = stamp;
      this.working = this.working.then(() => this.follow());
    }
    this.member?.tick();
  }

  private async inspect(): Promise<void> {
    if (this.isInspecting) return;
    this.isInspecting = true;
    try {
      this.touch();
      if (!this.member) return;
      this.sync.watch();
      await this.member.inspect();
      if (this.planned && performance.now() - this.lastForeignMs >= FOREIGN_MS) {
        this.lastForeignMs = performance.now();
        this.member.daemon.trimLog();
        const counts = await readPeerCounts(this.parts.run);
        if (counts) this.foreign.take(counts.foreign, this.planned.ha);
      }
    } catch (error) {
      this.parts.logger.error('the pair could not be inspected', { error: messageOf(error) });
    } finally {
      this.isInspecting = false;
    }
  }

  /** Does what the plan says, and reports what came of it. */
  private async follow(): Promise<void> {
    const plan = parseFile(keeperPlanSchema, this.parts.disk.read(this.parts.home.plan));
    if (!plan || plan.applyId === this.planned?.applyId) return;
    this.planned = plan;
    try {
      await this.carryOut(plan.ha);
      this.report(plan.applyId, null);
    } catch (error) {
      this.parts.logger.error('the plan could not be carried out', { error: messageOf(error) });
      this.report(plan.applyId, messageOf(error));
    }
  }

  private async carryOut(ha: ApplianceHa): Promise<void> {
    const { home, disk, run, engine, logger } = this.parts;
    await applyPeerTable(ha, run);
    this.book.begin(ha);
    await this.sync.configure(ha);
    if (this.member && this.health) {
      this.health.configure(ha.settings.track);
      await this.member.apply(ha);
      return;
    }
    const health = new EngineHealth(engine, ha.settings.track, () => this.member?.settleTrack());
    health.start(this.knownHealth());
    for (let waitedMs = 0; health.isHealthy === null && waitedMs < FIRST_LOOK_MS; waitedMs += 10) await sleep(10);
    const member = new PairMember(ha, { home, disk, run, book: this.book, health, sync: this.sync, logger });
    this.health = health;
    this.member = member;
    this.fifo = openFifo(home.fifo, (line) => member.hear(line));
    await member.begin();
  }

  /** A daemon that is at work goes on with what was known of the engine. */
  private knownHealth(): boolean | null {
    try {
      return this.book.state === 'master' || this.book.state === 'backup'
        ? readFileSync(this.parts.home.track, 'latin1').trim() === '0'
        : null;
    } catch {
      // No daemon was ever started here.
      return null;
    }
  }

  /** A sign of life for the agent. */
  private touch(): void {
    writeFileSync(this.parts.home.beat, `${process.pid}\n`, { mode: 0o600 });
  }

  private report(applyId: string | null, failure: string | null): void {
    const { home, disk } = this.parts;
    const report: KeeperReport = {
      pid: process.pid,
      startTicks: startTicksOf('self') ?? 0,
      bootId: readBootId(),
      agentVersion: AGENT_VERSION,
      applyId,
      failure: failure?.slice(0, 1500) ?? null,
    };
    disk.replace(home.report, JSON.stringify(report));
  }
}
