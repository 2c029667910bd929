import { rmSync, writeFileSync } from 'node:fs';
import type { ApplianceHa } from '@phalanx/contracts';
import { AppError, type Disk, type Logger, messageOf, sleep } from '@phalanx/kit';
import { type EventInstant, eventInstantSchema, instantNow } from '../../../platform/box-identity.js';
import type { RunTool } from '../../../platform/system-tools.js';
import type { HaHome } from '../ha-home.js';
import { renderKeepalived } from '../keepalived-config.js';
import { parseFile } from '../keeper-plan.js';
import { readPeerCounts } from '../peer-table.js';
import { type KernelAddresses, readAddresses, removeAddresses } from './addresses.js';
import type { EngineHealth } from './engine-health.js';
import { handOver } from './hand-over.js';
import type { StateDump } from './state-dump.js';
import type { StatusBook } from './status-book.js';
import type { SyncDaemon } from './sync-daemon.js';
import { Transitions } from './transitions.js';
import { type DaemonTrouble, VrrpDaemon } from './vrrp-daemon.js';

/** A daemon that doesn't tell its state for so long is hung. */
const DUMP_MS = 2_500;
const STOP_MS = 2_500;
/** A daemon that was master is put back in its place at most so often in `RESUME_WINDOW_MS`; after that the peer is the better master. */
const RESUMES = 3;
const RESUME_WINDOW_MS = 60_000;
/** How long a daemon that is to go on as master may take to say so. */
const RESUME_MS = 600;
const RESTART_MS = 1_000;
const SETTINGS_MS = 3_000;
const LISTEN_MS = 2_000;

interface MemberParts {
  readonly home: HaHome;
  readonly disk: Disk;
  readonly run: RunTool;
  readonly book: StatusBook;
  readonly health: EngineHealth;
  readonly sync: SyncDaemon;
  readonly logger: Logger;
}

/**
 * The box's part in its pair: drives the VRRP daemon and puts right what it leaves wrong.
 *
 * - The addresses are on the box only while its daemon is master; a daemon that died or hangs loses them at once.
 * - A daemon that died as master a moment ago goes on as master, faster than the peer would notice; otherwise the peer takes over.
 * - The daemon takes no part (track file) while the engine is ill or an order says so.
 */
export class PairMember {
  readonly daemon: VrrpDaemon;
  private readonly transitions: Transitions;
  /** Set while something is being done that the watch must not interfere with. */
  private isBusy = false;
  private isYielding = false;
  private lastAliveMs = 0;
  private restartAtMs = 0;
  private resumedAt: number[] = [];
  private peerCount = 0;
  private strayLooks = 0;

  constructor(
    private ha: ApplianceHa,
    private readonly parts: MemberParts,
  ) {
    this.daemon = new VrrpDaemon(parts.home);
    this.transitions = new Transitions({
      ...parts,
      daemon: this.daemon,
      ha: () => this.ha,
      standsDown: () => this.standsDown(),
      isYielding: () => this.isYielding,
    });
  }

  /** Takes over a daemon that runs already, or starts one. Rejects with the reason when it doesn't run as the plan says. */
  async begin(): Promise<void> {
    await this.exclusively(() => (this.daemon.adopt() ? this.adopt() : this.beginAnew()));
    await this.awaitSettings();
    await this.obey();
  }

  /** Makes it be as the plan now says. Rejects with the reason when the daemon doesn't take it. */
  async apply(ha: ApplianceHa): Promise<void> {
    const before = this.ha;
    this.ha = ha;
    await this.exclusively(async () => {
      await this.dropFormer(before);
      if (this.daemon.isKnown) this.configure();
      else await this.launch();
      await this.awaitSettings();
    });
    await this.obey();
  }

  /** What the engine's health or an order says to the daemon. */
  settleTrack(): void {
    this.daemon.writeTrack(this.standsDown() ? 1 : 0);
  }

  hear(line: string): void {
    this.transitions.hear(line);
  }

  /** Every few milliseconds: are the processes alive? */
  tick(): void {
    if (this.isBusy) return;
    if (!this.daemon.isKnown) {
      if (performance.now() >= this.restartAtMs) this.detach(() => this.launch());
      return;
    }
    const trouble = this.daemon.trouble();
    if (trouble) this.detach(() => this.recover(trouble));
    else this.lastAliveMs = performance.now();
  }

  /** Every second: does the daemon answer, and does the kernel agree with it? */
  async inspect(): Promise<void> {
    if (this.isBusy || !this.daemon.isKnown) return;
    const { book, run, sync, health } = this.parts;
    const { starts } = this.daemon;
    const dump = await this.daemon.dump(DUMP_MS);
    // The answer must be that of the daemon that runs now.
    if (this.isBusy || this.daemon.starts !== starts) return;
    if (!dump) {
      if (!this.daemon.trouble()) this.detach(() => this.recover('daemon-hung', true));
      return;
    }
    if (this.transitions.take(dump)) book.sawPeer();
    else if (dump.state === 'fault') await this.lookForPeer();
    const kernel = await readAddresses(this.ha, run);
    await this.transitions.settled();
    if (this.isBusy) return;
    await this.agree(dump, kernel);
    book.note({ held: [...kernel.held], engineHealthy: health.isHealthy === true, sync: sync.state });
  }

  /** Says good-bye: the peer is master at once, and the addresses are gone from here. */
  async stop(): Promise<void> {
    await this.exclusively(async () => {
      await this.daemon.stop(STOP_MS);
      await this.transitions.settled();
      const removed = await removeAddresses(this.ha, this.parts.run);
      this.transitions.stopped('stop', removed.length > 0 ? ['removed-stale-address'] : [], 'the daemon was stopped');
    });
  }

  private async adopt(): Promise<void> {
    const { book } = this.parts;
    this.settleTrack();
    this.lastAliveMs = performance.now();
    this.configure();
    const dump = await this.daemon.dump(DUMP_MS);
    if (dump && dump.state !== book.state) await this.transitions.change(dump.state, dump.effectivePriority, instantNow(), 'unknown');
    this.transitions.told = book.state;
  }

  private async beginAnew(): Promise<void> {
    const wasRunning = this.parts.book.state !== 'stopped';
    const orphanedAt = this.takeOrphaned();
    const removed = await removeAddresses(this.ha, this.parts.run);
    const mended = removed.length > 0 || orphanedAt ? ['removed-stale-address'] : [];
    if (wasRunning)
      this.transitions.stopped('daemon-died', mended, 'the daemon was gone when the keeper started', orphanedAt ?? instantNow());
    this.transitions.expect({ cause: wasRunning ? 'daemon-died' : 'start', mended: wasRunning ? ['restarted-daemon'] : mended });
    if (!wasRunning) await this.listenFirst();
    await this.launch();
  }

  /** A new member gives its peer, which may be master, the time to learn of it: neither would hear the other, and both would be master. */
  private async listenFirst(): Promise<void> {
    const deadline = performance.now() + LISTEN_MS;
    while (performance.now() < deadline && ((await readPeerCounts(this.parts.run))?.peerVrrp ?? 0) === 0) await sleep(50);
  }

  /** When the agent took the addresses away that a dead daemon had left; told once. */
  private takeOrphaned(): EventInstant | null {
    const { disk, home } = this.parts;
    const instant = parseFile(eventInstantSchema, disk.read(home.orphaned));
    rmSync(home.orphaned, { force: true });
    return instant;
  }

  /** Does what the order asks for beyond the track file. */
  private async obey(): Promise<void> {
    const { order } = this.ha;
    const isMaster = this.parts.book.state === 'master';
    if (order === 'maintenance' && isMaster) await this.exclusively(() => this.handOver());
    if (order === 'yield' && !this.wasYielded()) {
      if (isMaster) await this.exclusively(() => this.handOver());
      writeFileSync(this.parts.home.yielded, this.yieldKey(), { mode: 0o600 });
    }
    this.settleTrack();
  }

  private handOver(): Promise<void> {
    const { run, logger, book } = this.parts;
    return handOver(this.ha, {
      run,
      logger,
      setYielding: (isYielding) => {
        this.isYielding = isYielding;
        this.settleTrack();
      },
      isDaemonWell: () => this.daemon.trouble() === null,
      isMaster: () => book.state === 'master',
    });
  }

  /** Brings a dead or hung daemon back: as master where it was master a moment ago, else behind the peer. `isSilent`: nobody knows since when. */
  private async recover(seen: DaemonTrouble, isSilent = false): Promise<void> {
    const { book, run, logger } = this.parts;
    const at = instantNow();
    const wasMaster = book.state === 'master';
    const silentMs = isSilent ? Infinity : performance.now() - this.lastAliveMs;
    // Both may be dying one after the other, and how the parent ended is told a moment later.
    if (seen !== 'daemon-hung') await sleep(5);
    const cause = this.transitions.hasSaidBye ? 'stop' : isSilent ? seen : (this.daemon.trouble() ?? seen);
    this.daemon.kill();
    const isResuming = wasMaster && cause !== 'stop' && !this.standsDown() && silentMs < 2 * this.ha.settings.advertMs && this.mayResume();
    logger.warn('the daemon is gone', { cause, wasMaster, silentMs: Math.round(silentMs), isResuming });
    if (isResuming) {
      this.transitions.expect({ cause, mended: ['restarted-daemon', 'sent-gratuitous-arp'] });
      const resumed = this.resume();
      // The addresses stay where they are if it works.
      this.transitions.enqueue(async () =>
        this.transitions.stopped(cause, [], 'the daemon was gone', at, (await resumed) ? addressesOf(this.ha) : []),
      );
      if (await resumed) return;
    }
    const removed = await removeAddresses(this.ha, run);
    const mended = removed.length > 0 ? ['removed-stale-address'] : [];
    this.transitions.enqueue(async () => this.transitions.stopped(cause, mended, 'the daemon was gone', at));
    this.transitions.expect({ cause, mended: ['restarted-daemon'] });
    await this.launch();
  }

  private mayResume(): boolean {
    const now = performance.now();
    this.resumedAt = this.resumedAt.filter((earlier) => now - earlier < RESUME_WINDOW_MS);
    if (this.resumedAt.length >= RESUMES) return false;
    this.resumedAt.push(now);
    return true;
  }

  /** Starts the daemon as the master that it was. False when it didn't work; no daemon runs then. */
  private async resume(): Promise<boolean> {
    try {
      await this.start({ resuming: true });
      for (let waitedMs = 0; waitedMs < RESUME_MS && !this.isMasterTold(); waitedMs += 5) await sleep(5);
      if (!this.isMasterTold()) throw new AppError('unavailable', 'ha.not-resumed', `it was not master within ${RESUME_MS} ms`);
      this.configure();
      return true;
    } catch (error) {
      this.parts.logger.error('the daemon could not go on as master', { error: messageOf(error) });
      this.daemon.kill();
      return false;
    }
  }

  /** Starts the daemon as a backup. When it doesn't start it is tried again later. */
  private async launch(): Promise<void> {
    try {
      await this.start({ resuming: false });
    } catch (error) {
      this.restartAtMs = performance.now() + RESTART_MS;
      throw new AppError('invalid', 'ha.daemon', `keepalived does not run: ${messageOf(error)}`, { cause: error });
    }
  }

  private async start({ resuming }: { resuming: boolean }): Promise<void> {
    this.transitions.forget();
    this.settleTrack();
    this.writeConfig(resuming);
    await this.daemon.start();
    this.lastAliveMs = performance.now();
  }

  /** The usual configuration; a reload moves no address. */
  private configure(): void {
    this.writeConfig(false);
    this.daemon.reload();
  }

  private writeConfig(resuming: boolean): void {
    const { home } = this.parts;
    writeFileSync(home.keepalivedConfig, renderKeepalived(this.ha, home, { resuming }), { mode: 0o600 });
  }

  /** The daemon must say that it runs with what the plan asks for. */
  private async awaitSettings(): Promise<void> {
    const { settings, priority } = this.ha;
    const wanted = [
      `virtual router ${settings.vrid}, VRRP version 3`,
      `priority ${priority}, `,
      `advertisement interval ${settings.advertMs / 1000} s`,
    ];
    const deadline = performance.now() + SETTINGS_MS;
    for (;;) {
      const dump = await this.daemon.dump(500);
      const missing = wanted.find((start) => !dump?.settings.some((line) => line.startsWith(start)));
      if (!missing) return;
      if (performance.now() > deadline)
        throw new AppError('invalid', 'ha.not-applied', `the daemon does not show: ${missing}: ${this.daemon.lastWords()}`);
      await sleep(50);
    }
  }

  /** Addresses that the pair no longer has; those that stay are the daemon's. */
  private async dropFormer(before: ApplianceHa): Promise<void> {
    const kept = new Set(addressesOf(this.ha));
    const former = before.settings.virtualAddresses.filter((virtual) => !kept.has(virtual.address));
    if (former.length > 0) await removeAddresses({ ...before, settings: { ...before.settings, virtualAddresses: former } }, this.parts.run);
  }

  /** Puts right where the kernel or our book differ from the daemon, if they still do at a second look. */
  private async agree(dump: StateDump, kernel: KernelAddresses): Promise<void> {
    const { book, run } = this.parts;
    const isStray = dump.state !== 'master' && kernel.held.length > 0;
    const isMissed = dump.state !== book.state && dump.state !== 'init';
    this.strayLooks = isStray || isMissed ? this.strayLooks + 1 : 0;
    if (this.strayLooks < 2) return;
    this.strayLooks = 0;
    if (isMissed) await this.transitions.change(dump.state, dump.effectivePriority, instantNow(), 'unknown');
    if (!isStray) return;
    const removed = await removeAddresses(this.ha, run);
    const mended = ['removed-stale-address'];
    const message = `${removed.join(', ')} stood on a member that is not master`;
    book.move({ to: book.state, cause: book.cause, held: [], priority: dump.effectivePriority, mended, message });
  }

  /** A daemon at fault counts no advertisements; the kernel does. */
  private async lookForPeer(): Promise<void> {
    const count = (await readPeerCounts(this.parts.run))?.peerVrrp ?? 0;
    if (count > this.peerCount) this.parts.book.sawPeer();
    this.peerCount = count;
  }

  /** Why the daemon must not take part, or null. */
  private standsDown(): 'ordered' | 'engine-failed' | null {
    const { order } = this.ha;
    if (order === 'demoted' || this.isYielding) return 'ordered';
    // A master under maintenance first hands over.
    if (order === 'maintenance' && this.parts.book.state !== 'master') return 'ordered';
    return this.parts.health.isHealthy === true ? null : 'engine-failed';
  }

  private isMasterTold(): boolean {
    return this.transitions.told === 'master';
  }

  private yieldKey(): string {
    return this.ha.commandId ?? JSON.stringify([this.ha.clusterId, 'yield']);
  }

  /** A restart must not carry the same order out again. */
  private wasYielded(): boolean {
    return this.parts.disk.read(this.parts.home.yielded)?.toString('utf8') === this.yieldKey();
  }

  private async exclusively(work: () => Promise<void>): Promise<void> {
    while (this.isBusy) await sleep(5);
    this.isBusy = true;
    try {
      await work();
    } finally {
      this.isBusy = false;
    }
  }

  private detach(work: () => Promise<void>): void {
    void this.exclusively(work).catch((error: unknown) =>
      this.parts.logger.error('the daemon could not be brought back', { error: messageOf(error) }),
    );
  }
}

function addressesOf({ settings }: ApplianceHa): string[] {
  return settings.virtualAddresses.map(({ address }) => address);
}
