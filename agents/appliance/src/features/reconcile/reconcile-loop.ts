import { compareOrder, type DesiredState } from '@phalanx/contracts';
import { AppError, type Logger, messageOf } from '@phalanx/kit';
import type { ControllerLink } from '../../platform/controller-link.js';
import type { AgentContext } from '../../platform/feature.js';
import type { FacetGroup } from './facet-group.js';
import { GroupLoop } from './group-loop.js';
import type { Reconciler } from './reconciler.js';
import type { TrustedTime } from './trusted-time.js';
import { type BoxIdentity, verifyDesired } from './verify-desired.js';

export interface LoopParts {
  readonly reconciler: Reconciler;
  readonly groups: readonly FacetGroup[];
  readonly link: ControllerLink;
  readonly logger: Logger;
  readonly record: AgentContext['record'];
  readonly box: BoxIdentity;
  readonly stateKeys: () => readonly string[];
  readonly time: TrustedTime;
  readonly watchMs: number;
  readonly troubleMs: number;
  readonly signal: AbortSignal;
  /** Told of each desired state that was accepted. */
  readonly onAccepted?: ((state: DesiredState) => void) | undefined;
}

/** Hands what is announced to the reconciler, gives its groups their turns, and publishes what changed. */
export class ReconcileLoop {
  /** Announced while the clock could not be trusted. */
  private held: Buffer | null = null;
  private publishing: Promise<void> | null = null;
  private isPublishAsked = false;
  private lastRefusal = '';
  private readonly loops: readonly GroupLoop[];

  constructor(private readonly parts: LoopParts) {
    parts.link.onDown('desired', (payload) => this.take(payload));
    parts.link.onConnected(() => this.publish());
    const beforeTurn = () => {
      if (this.held && parts.time.isPlausible()) this.take(this.held);
    };
    this.loops = parts.groups.map((group) => new GroupLoop(group, { ...parts, beforeTurn }));
  }

  /** Resolves when nothing runs any more; the signal must have been aborted. */
  async ended(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.ended()));
    await this.publishing;
  }

  /** Publishes the present state soon; calls while one is on its way become one more. */
  publish(): void {
    this.isPublishAsked = true;
    this.publishing ??= this.publishAsked().finally(() => {
      this.publishing = null;
      // Asked for between the last look at the wish and now.
      if (this.isPublishAsked && !this.parts.signal.aborted && this.parts.link.connectionId() !== null) this.publish();
    });
  }

  private async publishAsked(): Promise<void> {
    const { link, reconciler, logger, signal } = this.parts;
    while (this.isPublishAsked && !signal.aborted) {
      this.isPublishAsked = false;
      if (link.connectionId() === null) return;
      try {
        await link.publish('reported', JSON.stringify(await reconciler.report()));
      } catch (error) {
        // The next connection and each heartbeat tell it anew.
        logger.debug('a reported state could not be published', { error: messageOf(error) });
        return;
      }
    }
  }

  private take(payload: Buffer): void {
    // An empty retained message only clears the topic.
    if (payload.length === 0) return;
    const { reconciler, box, stateKeys, time, logger } = this.parts;
    try {
      const document = verifyDesired(payload, box, stateKeys());
      if (!time.isPlausible()) {
        this.held = payload;
        logger.warn('a desired state waits until the clock can be trusted', { order: document.signed.order });
        this.publish();
        return;
      }
      this.held = null;
      const known = reconciler.order();
      if (reconciler.accept(document)) {
        this.parts.onAccepted?.(document.signed);
        // Who says the same once more wants to know how the box stands now.
        if (known && compareOrder(known, document.signed.order) === 0) this.publish();
        for (const loop of this.loops) loop.rouse();
      } else logger.info('an older desired state is ignored', { announced: document.signed.order, ours: reconciler.order() });
    } catch (error) {
      this.refuse(error);
    }
  }

  private refuse(error: unknown): void {
    const message = messageOf(error);
    this.parts.logger.warn('a desired state is refused', { reason: message });
    // A retained message comes back at each connection: one event for each reason is enough.
    if (message === this.lastRefusal) return;
    this.lastRefusal = message;
    const code = error instanceof AppError ? error.code : 'reconcile.trouble';
    this.parts.record({ kind: 'system', code: 'reconcile.refused', severity: 'ERROR', message: message.slice(0, 2000), details: { code } });
  }
}
