import { connect } from 'node:net';
import type { HaSettings } from '@phalanx/contracts';
import { messageOf, withDeadline } from '@phalanx/kit';
import type { EngineLink } from '../../../platform/engine-link.js';
import { reachableListeners } from '../../../platform/reachable-listeners.js';

/** An engine that refuses is noticed at once, one that hangs after this: a busy box is slow to answer and must not lose both of its members. */
const SLOW_MS = 1_000;
/** So often at first, until it is known whether the engine works. */
const FIRST_LOOK_MS = 100;

/**
 * Judges whether the engine serves: its primary answers, a worker serves, and each listener takes a connection. `fall` failures in a row make it
 * ill, `rise` successes make it well again. It works without the agent.
 */
export class EngineHealth {
  /** Null until the first look. */
  isHealthy: boolean | null = null;
  /** Why the last look failed. */
  problem = '';
  private failures = 0;
  private successes = 0;
  private timer: NodeJS.Timeout | null = null;
  private isEnded = false;

  constructor(
    private readonly engine: EngineLink,
    private track: HaSettings['track'],
    private readonly onChange: () => void,
  ) {}

  start(known: boolean | null): void {
    this.isHealthy = known;
    this.look();
  }

  configure(track: HaSettings['track']): void {
    this.track = track;
  }

  stop(): void {
    this.isEnded = true;
    if (this.timer) clearTimeout(this.timer);
  }

  private look(): void {
    const startedAt = performance.now();
    const { intervalMs } = this.track;
    withDeadline(Math.max(intervalMs, SLOW_MS), 'the engine', () => this.probe())
      .then(
        () => this.count(null),
        (error: unknown) => this.count(messageOf(error)),
      )
      .finally(() => {
        if (this.isEnded) return;
        const pauseMs = this.isHealthy === null ? Math.min(FIRST_LOOK_MS, intervalMs) : intervalMs;
        this.timer = setTimeout(() => this.look(), Math.max(0, pauseMs - (performance.now() - startedAt)));
      });
  }

  private async probe(): Promise<void> {
    const status = await this.engine.status();
    if (!status.workers.some((worker) => worker.state === 'serving')) throw new Error('no worker serves');
    await Promise.all(reachableListeners(status).map(reach));
  }

  private count(problem: string | null): void {
    if (this.isEnded) return;
    this.failures = problem === null ? 0 : this.failures + 1;
    this.successes = problem === null ? this.successes + 1 : 0;
    this.problem = problem ?? '';
    const before = this.isHealthy;
    if (problem === null) {
      if (before === null || this.successes >= this.track.rise) this.isHealthy = true;
    } else if (this.failures >= this.track.fall) this.isHealthy = false;
    if (this.isHealthy !== before) this.onChange();
  }
}

function reach({ host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    // The deadline of the whole look ends it.
    socket.setTimeout(5_000, () => socket.destroy());
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', (cause) => reject(new Error(`${host}:${port} does not answer: ${messageOf(cause)}`)));
  });
}
