import type { ApplianceHa, HaCause, HaState } from '@phalanx/contracts';
import { type Logger, messageOf, sleep } from '@phalanx/kit';
import { type EventInstant, instantNow } from '../../../platform/box-identity.js';
import type { RunTool } from '../../../platform/system-tools.js';
import { OWNER_PRIORITY, takeOverMs } from '../keepalived-config.js';
import { type KernelAddresses, readAddresses } from './addresses.js';
import type { EngineHealth } from './engine-health.js';
import type { StateDump } from './state-dump.js';
import type { StatusBook } from './status-book.js';
import type { SyncDaemon } from './sync-daemon.js';
import type { VrrpDaemon } from './vrrp-daemon.js';

/** The kernel is asked so often whether the addresses have moved. */
const SETTLE_LOOKS = 20;
const LOOK_MS = 5;
const ASK_MS = 1_000;

interface TransitionParts {
  readonly daemon: VrrpDaemon;
  readonly book: StatusBook;
  readonly sync: SyncDaemon;
  readonly health: EngineHealth;
  readonly run: RunTool;
  readonly logger: Logger;
  readonly ha: () => ApplianceHa;
  /** Why the daemon must take no part now, or null. */
  readonly standsDown: () => 'ordered' | 'engine-failed' | null;
  /** True while addresses stay on the box though its daemon gives them away. */
  readonly isYielding: () => boolean;
}

/** Why the next state comes about, where that is known before. */
interface Expectation {
  readonly cause: HaCause;
  readonly mended: readonly string[];
}

/** Follows what the daemon tells through its fifo, finds the cause of each change, and has it written down in order. */
export class Transitions {
  /** What the daemon last told. */
  told: HaState = 'init';
  /** It was asked to end, and said so. */
  hasSaidBye = false;
  private last: StateDump | null = null;
  private peerLeftAtMs = -Infinity;
  private expected: Expectation | null = null;
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly parts: TransitionParts) {}

  /** Another daemon is about to start. */
  forget(): void {
    this.told = 'init';
    this.hasSaidBye = false;
    this.last = null;
  }

  expect(expected: Expectation): void {
    this.expected = expected;
  }

  /** A line of the daemon's fifo: `INSTANCE "pair" MASTER 150`. */
  hear(line: string): void {
    const [, word, priority] = /^INSTANCE "[^"]*" ([A-Z_]+) (\d+)/.exec(line) ?? [];
    const to = ({ MASTER: 'master', BACKUP: 'backup', FAULT: 'fault' } as const)[word ?? ''];
    if (word === 'STOP') this.hasSaidBye = true;
    if (word === 'MASTER_RX_LOWER_PRI') this.parts.logger.warn('another master of a lower priority was heard; it will give way', { line });
    if (!to) return;
    this.told = to;
    const at = instantNow();
    this.enqueue(() => this.change(to, Number(priority), at));
  }

  /** Keeps the daemon's account. Answers whether it has heard its peer since the one before. */
  take(dump: StateDump): boolean {
    const before = this.last;
    if (dump.receivedLeaves > (before?.receivedLeaves ?? 0)) this.peerLeftAtMs = performance.now();
    this.last = dump;
    return before !== null && dump.receivedAdverts > before.receivedAdverts;
  }

  /** Something to be written down after all that was told so far. */
  enqueue(work: () => Promise<void>): void {
    const { logger } = this.parts;
    this.queue = this.queue.then(work).catch((error: unknown) => logger.error('a change could not be noted', { error: messageOf(error) }));
  }

  /** Resolves when all that was told so far is written down. */
  settled(): Promise<void> {
    return this.queue;
  }

  /** Writes down a state with its cause and what the kernel has after it. */
  async change(to: HaState, priority: number, at: EventInstant, known?: HaCause): Promise<void> {
    const { book, sync, daemon, health } = this.parts;
    if (to === book.state) return;
    const before = this.last;
    const dump = to === 'master' ? await daemon.dump(ASK_MS) : null;
    if (dump) this.take(dump);
    const kernel = await this.settledAddresses(to);
    const cause = known ?? this.causeOf(to, kernel, before, dump);
    const mended = this.expected?.mended ?? [];
    this.expected = null;
    const message = `${to} because of ${cause}${cause === 'engine-failed' ? `: ${health.problem}` : ''}`;
    const ownPriority = priority === OWNER_PRIORITY ? this.parts.ha().priority : priority;
    book.move({ to, cause, held: kernel.held, priority: ownPriority, mended, message, at });
    if (to === 'master') sync.becomeMaster();
    else if (to === 'backup') sync.becomeBackup();
  }

  /** Writes down that no daemon runs. `held`: addresses that stay nevertheless. */
  stopped(cause: HaCause, mended: readonly string[], message: string, at = instantNow(), held: readonly string[] = []): void {
    const { book } = this.parts;
    if (book.state !== 'stopped') book.move({ to: 'stopped', cause, held, priority: 0, mended, message, at });
  }

  /** The daemon tells its state before it has moved the addresses. */
  private async settledAddresses(to: HaState): Promise<KernelAddresses> {
    const { run, ha, isYielding } = this.parts;
    for (let looks = 0; ; looks++) {
      const kernel = await readAddresses(ha(), run);
      const isSettled = to === 'master' ? kernel.held.length === ha().settings.virtualAddresses.length : kernel.held.length === 0;
      if (isSettled || isYielding() || looks === SETTLE_LOOKS) return kernel;
      await sleep(LOOK_MS);
    }
  }

  private causeOf(to: HaState, kernel: KernelAddresses, before: StateDump | null, dump: StateDump | null): HaCause {
    const { book, standsDown, ha } = this.parts;
    if (to === 'fault') return standsDown() ?? (kernel.down.length > 0 || !kernel.hasOwnAddress ? 'link-down' : 'unknown');
    if (this.expected) return this.expected.cause;
    if (to === 'backup') {
      if (book.state === 'master') return 'higher-priority';
      return ({ ordered: 'ordered', 'engine-failed': 'engine-healthy', 'link-down': 'link-up' } as const)[book.cause as string] ?? 'start';
    }
    const { settings, priority, peer, order } = ha();
    if (performance.now() - this.peerLeftAtMs < takeOverMs(settings.advertMs, priority)) return 'peer-yielded';
    if (book.cause === 'start' && dump?.receivedAdverts === 0) return 'start';
    const isPreempting = settings.preempt && order !== 'yield' && priority > peer.priority;
    return isPreempting && dump && before && dump.receivedAdverts > before.receivedAdverts ? 'higher-priority' : 'peer-silent';
  }
}
