import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from '@phalanx/kit';
import { LOGGER } from '../../platform/log/logger.token.js';
import { PairAnnouncer } from './pair-announcer.js';
import type { Pair } from './pair.js';
import { FLAP_COUNT, FLAP_WINDOW_MS } from './timeline/join-timeline.js';
import { Timeline } from './timeline/timeline.service.js';

/** Raises an alarm when the addresses move to and fro. Said once in a window, by each process that sees it. */
@Injectable()
export class FlapAlarm {
  private readonly saidAtMs = new Map<string, number>();

  constructor(
    private readonly timeline: Timeline,
    private readonly announcer: PairAnnouncer,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** A member has become master. In the transaction of the caller. */
  async look(pair: Pair): Promise<void> {
    const now = Date.now();
    if (now - (this.saidAtMs.get(pair.clusterId) ?? 0) < FLAP_WINDOW_MS) return;
    const items = await this.timeline.items(pair, new Date(now - FLAP_WINDOW_MS), new Date(now + FLAP_WINDOW_MS));
    const moves = items.filter((item) => item.kind === 'failover').length;
    if (moves < FLAP_COUNT) return;
    this.saidAtMs.set(pair.clusterId, now);
    const reason = `the addresses moved ${moves} times within ${FLAP_WINDOW_MS / 60_000} minutes`;
    this.logger.warn('a pair flaps', { clusterId: pair.clusterId, tenantId: pair.tenantId, moves });
    await this.announcer.record(pair, 'ha.alarm', { alarm: 'flapping', reason }, 'system');
  }
}
