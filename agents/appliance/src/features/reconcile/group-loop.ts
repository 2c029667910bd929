import { type Logger, messageOf, sleep } from '@phalanx/kit';
import type { FacetGroup } from './facet-group.js';

export interface GroupLoopOptions {
  readonly logger: Logger;
  /** How often a group looks around when nothing else happens. */
  readonly watchMs: number;
  /** After a turn that failed as a whole (a full disk, an undo that can't be finished). */
  readonly troubleMs: number;
  readonly signal: AbortSignal;
  /** Called before each turn. */
  readonly beforeTurn: () => void;
}

/** Gives one group its turns: at each announcement, when a retry is due, and to look for drift. One that hangs holds up no other. */
export class GroupLoop {
  private wake: () => void = () => undefined;
  private isWoken = false;
  private readonly running: Promise<void>;

  constructor(
    private readonly group: FacetGroup,
    private readonly options: GroupLoopOptions,
  ) {
    options.signal.addEventListener('abort', () => this.rouse(), { once: true });
    this.running = this.run();
  }

  rouse(): void {
    this.isWoken = true;
    this.wake();
  }

  /** Resolves when nothing runs any more; the signal must have been aborted. */
  ended(): Promise<void> {
    return this.running;
  }

  private async run(): Promise<void> {
    const { signal, logger, watchMs, troubleMs, beforeTurn } = this.options;
    while (!signal.aborted) {
      this.isWoken = false;
      let waitMs = troubleMs;
      try {
        beforeTurn();
        waitMs = await this.group.turn(watchMs);
      } catch (error) {
        if (!signal.aborted)
          logger.warn('reconciling was interrupted; it goes on soon', { group: this.group.name, error: messageOf(error) });
      }
      await this.rest(waitMs);
    }
  }

  private async rest(ms: number): Promise<void> {
    if (this.isWoken || this.options.signal.aborted) return;
    const over = new AbortController();
    this.wake = () => over.abort();
    // Being woken is no failure.
    await sleep(ms, over.signal).catch(() => undefined);
    this.wake = () => undefined;
  }
}
