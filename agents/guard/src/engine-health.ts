import type { GuardedListener } from '@phalanx/contracts';
import { type Moment, now } from './box-clock.js';
import { probeListener, type ProbeResult } from './listener-probe.js';
import { keyOf } from './ruleset.js';

/** While it serves a listener is tried this often. */
const SERVED_MS = 1_000;
/** While it doesn't, this often: the end of a bypass waits for it. */
const LOST_MS = 100;
const PROBE_MS = 1_000;
/** While workers may have died under a socket that is still open, nobody waits for longer than this. */
const URGENT_PROBE_MS = 150;
/** So many silent probes in a row make an engine that hangs. */
const SILENT_LIMIT = 3;
/** A guard that was itself held up for longer can't blame the engine for silence. */
const LATE_MS = 500;

export type LossReason = 'ended' | 'hung';

/** How one listener stands. */
export interface Serving {
  /** False: nobody serves it. */
  isServed: boolean;
  reason: LossReason;
  /** Since when. */
  since: Moment;
  silent: number;
}

export interface HealthOptions {
  /** Whether the engine is known to have no process left that serves: what holds for listeners whose address is elsewhere now. */
  readonly hasLostWorkers: () => boolean;
  readonly onChange: () => void;
}

/** Knows of each listener of the plan whether the engine serves it. A death is noticed at once when it is told by `suspect`, a hang within seconds. */
export class EngineHealth {
  private listeners: readonly GuardedListener[] = [];
  servings: readonly Serving[] = [];
  private readonly timer: NodeJS.Timeout;
  private lastTickMs = performance.now();
  private lastRoundMs = 0;
  private isProbing = false;
  private isUrgent = false;
  private suspectedAt: Moment | null = null;

  constructor(private readonly options: HealthOptions) {
    this.timer = setInterval(() => this.tick(), LOST_MS);
  }

  /** Takes over the listeners of a plan. What is known of those that stay stays known; a new one counts as served until it is tried. */
  watch(listeners: readonly GuardedListener[]): void {
    const known = new Map(this.listeners.map((listener, index) => [keyOf(listener), this.servings[index]!]));
    this.servings = listeners.map((listener) => known.get(keyOf(listener)) ?? { isServed: true, reason: 'ended', since: now(), silent: 0 });
    this.listeners = listeners;
    this.lastRoundMs = 0;
  }

  /** Something ended just now: looks at every listener at once. */
  suspect(): void {
    this.suspectedAt = now();
    this.isUrgent = true;
    void this.round(() => true);
  }

  /** No worker is left: a socket that the primary holds open takes connections that nobody serves. */
  loseAll(): void {
    const at = now();
    let isChanged = false;
    for (const serving of this.servings) isChanged = this.set(serving, false, 'ended', at) || isChanged;
    if (isChanged) this.options.onChange();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    const lateMs = performance.now() - this.lastTickMs - LOST_MS;
    this.lastTickMs = performance.now();
    if (lateMs > LATE_MS) for (const serving of this.servings) serving.silent = 0;
    const isFullRound = performance.now() - this.lastRoundMs >= SERVED_MS;
    void this.round((serving) => isFullRound || !serving.isServed);
    if (isFullRound) this.lastRoundMs = performance.now();
  }

  private async round(isDue: (serving: Serving) => boolean): Promise<void> {
    if (this.isProbing) return;
    this.isProbing = true;
    const { listeners, servings, isUrgent, suspectedAt } = this;
    this.isUrgent = false;
    try {
      const due = listeners.flatMap((listener, index) => (isDue(servings[index]!) ? [{ listener, serving: servings[index]! }] : []));
      let isChanged = false;
      await Promise.all(
        due.map(async ({ listener, serving }) => {
          const result = await probeListener(listener.address, listener.port, isUrgent ? URGENT_PROBE_MS : PROBE_MS);
          isChanged = this.judge(serving, result, isUrgent, suspectedAt) || isChanged;
        }),
      );
      if (isChanged) this.options.onChange();
    } finally {
      this.isProbing = false;
    }
    // What was suspected meanwhile has not been looked at.
    if (this.isUrgent) void this.round(() => true);
  }

  private judge(serving: Serving, result: ProbeResult, isUrgent: boolean, suspectedAt: Moment | null): boolean {
    serving.silent = result === 'silent' ? serving.silent + 1 : 0;
    if (result === 'answers') return !this.options.hasLostWorkers() && this.set(serving, true, 'ended', now());
    if (result === 'elsewhere') return this.set(serving, !this.options.hasLostWorkers(), 'ended', now());
    if (result === 'silent') {
      const isHung = serving.silent >= SILENT_LIMIT;
      const isDead = isUrgent && this.options.hasLostWorkers();
      return (isHung || isDead) && this.set(serving, false, isDead ? 'ended' : 'hung', now());
    }
    const isFresh = suspectedAt !== null && now().monotonicMs - suspectedAt.monotonicMs < SERVED_MS;
    return this.set(serving, false, 'ended', isFresh ? suspectedAt : now());
  }

  private set(serving: Serving, isServed: boolean, reason: LossReason, since: Moment): boolean {
    if (serving.isServed === isServed) return false;
    Object.assign(serving, { isServed, reason, since });
    return true;
  }
}
