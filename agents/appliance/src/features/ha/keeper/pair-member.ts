import { readFileSync, writeFileSync } from 'node:fs';
import type { ApplianceHa, HaCause, HaState } from '@phalanx/contracts';
import { AppError, type Logger, messageOf, sleep } from '@phalanx/kit';
import { type EventInstant, instantNow } from '../../../platform/box-identity.js';
import type { RunTool } from '../../../platform/system-tools.js';
import type { HaHome } from '../ha-home.js';
import { OWNER_PRIORITY, renderKeepalived, skewMs, takeOverMs } from '../keepalived-config.js';
import { readPeerCounts } from '../peer-table.js';
import { holdAddresses, type KernelAddresses, letAddressesGo, readAddresses, removeAddresses } from './addresses.js';
import type { EngineHealth } from './engine-health.js';
import type { StateDump } from './state-dump.js';
import type { StatusBook } from './status-book.js';
import type { SyncDaemon } from './sync-daemon.js';
import { type DaemonTrouble, VrrpDaemon } from './vrrp-daemon.js';

/** A daemon that doesn't tell its state for so long is hung. */
const DUMP_MS = 2_500;
/** A daemon that was master is put back in its place at most so often in `RESUME_WINDOW_MS`; after that the peer is the better master. */
const RESUMES = 3;
const RESUME_WINDOW_MS = 60_000;
/** How long a daemon that is to go on as master may take to say so. */
const RESUME_MS = 600;
/** After its first advertisement a new master announces the addresses. */
const ANNOUNCED_MS = 40;
const RESTART_MS = 1_000;
/** The kernel is asked so often whether the addresses have moved. */
const SETTLE_LOOKS = 20;

interface MemberParts {
  readonly home: HaHome;
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
  private ha: ApplianceHa;
  /** Set while something is being done that the watch must not interfere with. */
  private isBusy = false;
  private isYielding = false;
  private lastAliveMs = 0;
  private restartAtMs = 0;
  private resumedAt: number[] = [];
  /** What the daemon last told through its fifo. */
  private told: HaState = 'init';
  private toldStop = false;
  private changes: Promise<void> = Promise.resolve();
  /** Why the next state comes about, when that is known before. */
  private pending: { readonly cause: HaCause; readonly mended: readonly string[] } | null = null;
  private last: StateDump | null = null;
  private peerCount = 0;
  private peerLeftAtMs = -Infinity;
  private strayLooks = 0;

  constructor(
    ha: ApplianceHa,
    private readonly parts: MemberParts,
  ) {
    this.ha = ha;
    this.daemon = new VrrpDaemon(parts.home);
  }

  /** Takes over a daemon that runs already, or starts one. Rejects with the reason when it doesn't run as the plan says. */
  async begin(): Promise<void> {
    await this.exclusively(async () => {
      const { ha } = this;
      const { book } = this.parts;
      const isAdopted = this.daemon.adopt();
      this.settleTrack();
      if (isAdopted) {
        this.lastAliveMs = performance.now();
        await this.configure();
        const dump = await this.daemon.dump(DUMP_MS);
        if (dump && dump.state !== book.state) await this.change(dump.state, dump.effectivePriority, instantNow(), 'unknown');
        this.told = book.state;
        return;
      }
      const wasRunning = book.state !== 'stopped';
      const removed = await removeAddresses(ha, this.parts.run);
      const mended = removed.length > 0 ? ['removed-stale-address'] : [];
      if (wasRunning) this.stopped('daemon-died', mended, 'the daemon was gone when the keeper started');
      this.pending = { cause: wasRunning ? 'daemon-died' : 'start', mended: wasRunning ? ['restarted-daemon'] : mended };
      await this.launch();
    });
    await this.awaitSettings();
    await this.obey();
  }

  /** Makes it be as the plan now says. Rejects with the reason when the daemon doesn't take it. */
  async apply(ha: ApplianceHa): Promise<void> {
    const before = this.ha;
    this.ha = ha;
    await this.exclusively(async () => {
      await this.dropFormer(before);
      if (this.daemon.isKnown) await this.configure();
      else await this.launch();
      await this.awaitSettings();
    });
    await this.obey();
  }

  /** What the engine's health or an order says to the daemon. */
  settleTrack(): void {
    this.daemon.writeTrack(this.standsDown() ? 1 : 0);
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
    const { book, run, sync } = this.parts;
    const { starts } = this.daemon;
    const dump = await this.daemon.dump(DUMP_MS);
    // The answer must be that of the daemon that runs now.
    if (this.isBusy || this.daemon.starts !== starts) return;
    if (!dump) {
      if (!this.daemon.trouble()) this.detach(() => this.recover('daemon-hung', true));
      return;
    }
    const sawAdverts = this.last !== null && dump.receivedAdverts > this.last.receivedAdverts;
    this.take(dump);
    if (sawAdverts) book.sawPeer();
    else if (dump.state === 'fault') await this.lookForPeer();
    const kernel = await readAddresses(this.ha, run);
    await this.changes;
    if (this.isBusy) return;
    await this.agree(dump, kernel);
    book.note({ held: [...kernel.held], engineHealthy: this.parts.health.isHealthy === true, sync: sync.state });
  }

  /** Says good-bye: the peer is master at once, and the addresses are gone from here. */
  async stop(): Promise<void> {
    await this.exclusively(async () => {
      await this.daemon.stop(2_500);
      await this.changes;
      const removed = await removeAddresses(this.ha, this.parts.run);
      if (this.parts.book.state !== 'stopped')
        this.stopped('stop', removed.length > 0 ? ['removed-stale-address'] : [], 'the daemon was stopped');
    });
  }

  /** A line of the daemon's fifo: `INSTANCE "pair" MASTER 150`. */
  hear(line: string): void {
    const [, word, priority] = /^INSTANCE "[^"]*" ([A-Z_]+) (\d+)/.exec(line) ?? [];
    const to = ({ MASTER: 'master', BACKUP: 'backup', FAULT: 'fault' } as const)[word ?? ''];
    if (word === 'STOP') this.toldStop = true;
    if (word === 'MASTER_RX_LOWER_PRI') this.parts.logger.warn('another master of a lower priority was heard; it will give way', { line });
    if (!to) return;
    this.told = to;
    const at = instantNow();
    this.queue(() => this.change(to, Number(priority), at));
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

  /**
   * Gives the addresses away without a gap: they stay here, on `lo`, until the peer has announced them. Where no peer takes them, this member is
   * master again.
   */
  private async handOver(): Promise<void> {
    const { ha } = this;
    const { run, logger, book } = this.parts;
    const { advertMs } = ha.settings;
    const startedAt = performance.now();
    const before = (await readPeerCounts(run))?.peerVrrp ?? 0;
    await holdAddresses(ha, run);
    try {
      this.isYielding = true;
      this.settleTrack();
      const deadline = startedAt + skewMs(advertMs, ha.peer.priority) + 2 * advertMs + 200;
      let isTaken = false;
      while (!isTaken && performance.now() < deadline && !this.daemon.trouble()) {
        await sleep(10);
        isTaken = ((await readPeerCounts(run))?.peerVrrp ?? 0) > before;
      }
      const tookMs = Math.round(performance.now() - startedAt);
      if (isTaken) await sleep(ANNOUNCED_MS);
      this.isYielding = false;
      if (ha.order !== 'maintenance') this.settleTrack();
      logger.info(isTaken ? 'the peer has the addresses' : 'no peer took the addresses', { tookMs, order: ha.order });
      // Nobody else answers: they are kept until this member is master again.
      const backBy = performance.now() + takeOverMs(advertMs, ha.priority) + 1_000;
      while (!isTaken && ha.order !== 'maintenance' && book.state !== 'master' && performance.now() < backBy) await sleep(10);
    } finally {
      this.isYielding = false;
      await letAddressesGo(ha, run);
    }
  }

  /** Brings a dead or hung daemon back: as master where it was master a moment ago, else behind the peer. */
  private async recover(seen: DaemonTrouble, isSilent = false): Promise<void> {
    const { book, run, logger } = this.parts;
    const at = instantNow();
    const wasMaster = book.state === 'master';
    const silentMs = isSilent ? Infinity : performance.now() - this.lastAliveMs;
    // Both may be dying one after the other, and how the parent ended is told a moment later.
    if (seen !== 'daemon-hung') await sleep(5);
    const trouble = isSilent ? seen : (this.daemon.trouble() ?? seen);
    const cause = this.toldStop ? 'stop' : trouble;
    this.daemon.kill();
    const now = performance.now();
    this.resumedAt = this.resumedAt.filter((earlier) => now - earlier < RESUME_WINDOW_MS);
    const isResuming =
      wasMaster && cause !== 'stop' && !this.standsDown() && silentMs < 2 * this.ha.settings.advertMs && this.resumedAt.length < RESUMES;
    logger.warn('the daemon is gone', { cause, wasMaster, silentMs: Math.round(silentMs), isResuming });
    if (isResuming) {
      this.resumedAt.push(now);
      this.pending = { cause, mended: ['restarted-daemon', 'sent-gratuitous-arp'] };
      const resumed = this.resume();
      // The addresses stay where they are if it works.
      this.queue(async () => this.stopped(cause, [], 'the daemon was gone', at, (await resumed) ? addressesOf(this.ha) : []));
      if (await resumed) return;
    }
    const removed = await removeAddresses(this.ha, run);
    if (!isResuming)
      this.queue(async () => this.stopped(cause, removed.length > 0 ? ['removed-stale-address'] : [], 'the daemon was gone', at));
    this.pending = { cause, mended: ['restarted-daemon'] };
    await this.launch();
  }

  /** Starts the daemon as the master that it was. False when it didn't work; no daemon runs then. */
  private async resume(): Promise<boolean> {
    try {
      this.told = 'init';
      await this.start({ resuming: true });
      for (let waitedMs = 0; waitedMs < RESUME_MS && !this.isMasterTold(); waitedMs += 5) await sleep(5);
      if (!this.isMasterTold()) throw new AppError('unavailable', 'ha.not-resumed', `it was not master within ${RESUME_MS} ms`);
      await this.configure();
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
      this.told = 'init';
      await this.start({ resuming: false });
    } catch (error) {
      this.restartAtMs = performance.now() + RESTART_MS;
      throw new AppError('invalid', 'ha.daemon', `keepalived does not run: ${messageOf(error)}`, { cause: error });
    }
  }

  private async start({ resuming }: { resuming: boolean }): Promise<void> {
    const { home } = this.parts;
    this.toldStop = false;
    this.last = null;
    this.settleTrack();
    writeFileSync(home.keepalivedConfig, renderKeepalived(this.ha, home, { resuming }), { mode: 0o600 });
    await this.daemon.start();
    this.lastAliveMs = performance.now();
  }

  /** The usual configuration; a reload moves no address. */
  private async configure(): Promise<void> {
    const { home } = this.parts;
    writeFileSync(home.keepalivedConfig, renderKeepalived(this.ha, home), { mode: 0o600 });
    this.daemon.reload();
  }

  /** The daemon must say that it runs with what the plan asks for. */
  private async awaitSettings(): Promise<void> {
    const { settings, priority } = this.ha;
    const wanted = [
      `virtual router ${settings.vrid}, VRRP version 3`,
      `priority ${priority}, `,
      `advertisement interval ${settings.advertMs / 1000} s`,
    ];
    const deadline = performance.now() + 3_000;
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
    const kept = new Set(this.ha.settings.virtualAddresses.map((virtual) => virtual.address));
    const former = before.settings.virtualAddresses.filter((virtual) => !kept.has(virtual.address));
    if (former.length > 0) await removeAddresses({ ...before, settings: { ...before.settings, virtualAddresses: former } }, this.parts.run);
  }

  /** A change of state that the daemon told, with its cause and what the kernel has after it. */
  private async change(to: HaState, priority: number, at: EventInstant, known?: HaCause): Promise<void> {
    const { book, sync, run } = this.parts;
    if (to === book.state) return;
    const before = this.last;
    const dump = to === 'master' ? await this.daemon.dump(1_000) : null;
    if (dump) this.take(dump);
    const kernel = await this.settledAddresses(to, run);
    const cause = known ?? this.causeOf(to, kernel, before, dump);
    const mended = this.pending?.mended ?? [];
    this.pending = null;
    book.move({
      to,
      cause,
      held: kernel.held,
      priority: priority === OWNER_PRIORITY ? this.ha.priority : priority,
      mended,
      message: this.messageOf(to, cause),
      at,
    });
    if (to === 'master') sync.becomeMaster();
    else if (to === 'backup') sync.becomeBackup();
  }

  /** The daemon tells its state before it has moved the addresses. */
  private async settledAddresses(to: HaState, run: RunTool): Promise<KernelAddresses> {
    for (let looks = 0; ; looks++) {
      const kernel = await readAddresses(this.ha, run);
      const isSettled = to === 'master' ? kernel.held.length === this.ha.settings.virtualAddresses.length : kernel.held.length === 0;
      if (isSettled || this.isYielding || looks === SETTLE_LOOKS) return kernel;
      await sleep(5);
    }
  }

  private causeOf(to: HaState, kernel: KernelAddresses, before: StateDump | null, dump: StateDump | null): HaCause {
    const { book } = this.parts;
    if (to === 'fault') return this.standsDown() ?? (kernel.down.length > 0 || !kernel.hasOwnAddress ? 'link-down' : 'unknown');
    if (this.pending) return this.pending.cause;
    if (to === 'backup') {
      if (book.state === 'master') return 'higher-priority';
      return ({ ordered: 'ordered', 'engine-failed': 'engine-healthy', 'link-down': 'link-up' } as const)[book.cause as string] ?? 'start';
    }
    const { settings, priority, peer, order } = this.ha;
    if (performance.now() - this.peerLeftAtMs < takeOverMs(settings.advertMs, priority)) return 'peer-yielded';
    if (book.cause === 'start' && dump?.receivedAdverts === 0) return 'start';
    const isPreempting = settings.preempt && order !== 'yield' && priority > peer.priority;
    return isPreempting && dump !== null && before !== null && dump.receivedAdverts > before.receivedAdverts
      ? 'higher-priority'
      : 'peer-silent';
  }

  private messageOf(to: HaState, cause: HaCause): string {
    const why = cause === 'engine-failed' ? `: ${this.parts.health.problem}` : '';
    return `${to} because of ${cause}${why}`;
  }

  /** Puts right where the kernel or our book differ from the daemon, if they still do at a second look. */
  private async agree(dump: StateDump, kernel: KernelAddresses): Promise<void> {
    const { book, run } = this.parts;
    const isStray = dump.state !== 'master' && kernel.held.length > 0;
    const isMissed = dump.state !== book.state && dump.state !== 'init';
    this.strayLooks = isStray || isMissed ? this.strayLooks + 1 : 0;
    if (this.strayLooks < 2) return;
    this.strayLooks = 0;
    if (isMissed) await this.change(dump.state, dump.effectivePriority, instantNow(), 'unknown');
    if (!isStray) return;
    const removed = await removeAddresses(this.ha, run);
    const mended = ['removed-stale-address'];
    const message = `${removed.join(', ')} stood on a member that is not master`;
    book.move({ to: book.state, cause: book.cause, held: [], priority: dump.effectivePriority, mended, message });
  }

  /** Keeps the daemon's account, and when the peer last said that it leaves. */
  private take(dump: StateDump): void {
    if (this.last && dump.receivedLeaves > this.last.receivedLeaves) this.peerLeftAtMs = performance.now();
    this.last = dump;
  }

  /** A daemon at fault counts no advertisements; the kernel does. */
  private async lookForPeer(): Promise<void> {
    const count = (await readPeerCounts(this.parts.run))?.peerVrrp ?? 0;
    if (count > this.peerCount) this.parts.book.sawPeer();
    this.peerCount = count;
  }

  private stopped(cause: HaCause, mended: readonly string[], message: string, at?: EventInstant, held: readonly string[] = []): void {
    if (this.parts.book.state === 'stopped') return;
    this.parts.book.move({ to: 'stopped', cause, held, priority: 0, mended, message, ...(at ? { at } : {}) });
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
    return this.told === 'master';
  }

  private yieldKey(): string {
    return this.ha.commandId ?? JSON.stringify([this.ha.clusterId, 'yield']);
  }

  private wasYielded(): boolean {
    try {
      return readFileSync(this.parts.home.yielded, 'utf8') === this.yieldKey();
    } catch {
      // None was carried out yet.
      return false;
    }
  }

  private queue(work: () => Promise<void>): void {
    this.changes = this.changes
      .then(work)
      .catch((error: unknown) => this.parts.logger.error('a change could not be noted', { error: messageOf(error) }));
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
