import { Inject, Injectable } from '@nestjs/common';
import { type Logger, messageOf } from '@phalanx/kit';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { LiveBus } from '../../platform/live/live-bus.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { BoxClocks } from '../health/index.js';
import { Partitions } from '../partitions/index.js';
import { judgeBatch, type JudgedBatch, type ReceivedBatch } from './event-batch.js';
import { eventMetrics } from './event-metrics.js';
import { EventStore } from './event-store.js';
import type { BatchOrigin } from './events.repository.js';

/** Ids of one batch that open screens are told of; a screen shows no more at once. */
const HINTED_EVENTS = 100;
const REFUSED_FOR_WANT_OF_PARTITION = '23514';
/** SQLSTATE classes that blame the values: data exceptions, program limits (nesting too deep). */
const VALUE_CLASSES = new Set(['21', '22', '54']);

/**
 * Stores batches of events exactly once. Rows, sums, dead letters and the ledger's new place commit together; a batch that does not
 * begin where the ledger stands changes nothing. Values that the database refuses are buried one by one, never the batch.
 */
@Injectable()
export class EventIngest {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(BoxClocks) private readonly clocks: BoxClocks,
    @Inject(Partitions) private readonly partitions: Partitions,
    @Inject(LiveBus) private readonly live: LiveBus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Returns where the stream stands afterwards. Throws when the database can't be reached: nothing has changed then. */
  async take(origin: BatchOrigin, batch: ReceivedBatch): Promise<number> {
    const clock = await this.clocks.of(origin.tenantId, origin.applianceId);
    const judged = judgeBatch(batch, origin.applianceId, clock, origin.receivedAt.getTime());
    await this.preparePartitions(origin, judged);
    try {
      return await this.commit(origin, batch, judged, 'together');
    } catch (error) {
      const state = sqlStateOf(error);
      if (state === REFUSED_FOR_WANT_OF_PARTITION) {
        this.partitions.forget();
        await this.preparePartitions(origin, judged);
      } else if (!VALUE_CLASSES.has(state.slice(0, 2))) throw error;
      this.logger.warn('a batch of events was refused; its rows are tried one by one', {
        applianceId: origin.applianceId,
        stream: origin.stream,
        error: messageOf(error),
      });
      return this.commit(origin, batch, judged, 'apart');
    }
  }

  private commit(origin: BatchOrigin, { frame }: ReceivedBatch, judged: JudgedBatch, mode: 'together' | 'apart'): Promise<number> {
    return this.database.run(scopeOfTenant(origin.tenantId), async () => {
      const { place, buried } = await this.store.write(origin, frame, judged, mode);
      if (place === frame.next) this.database.afterCommit(() => this.tell(origin, judged, buried));
      return place;
    });
  }

  private tell({ tenantId, applianceId, stream }: BatchOrigin, { rows }: JudgedBatch, buried: number): void {
    const ids = rows.slice(-HINTED_EVENTS).map((row) => row.id);
    if (ids.length > 0) this.live.publish({ topic: 'event', tenantId, ids });
    eventMetrics.stored.inc(rows.length);
    if (buried === 0) return;
    eventMetrics.buried.inc(buried);
    this.logger.warn('records of a box could not be stored and are among the dead letters', { applianceId, stream, buried });
  }

  private async preparePartitions(origin: BatchOrigin, { rows, deadLetters, earlier }: JudgedBatch): Promise<void> {
    const instants = new Set(rows.map((row) => row.occurredAtMs));
    await this.partitions.ensure('events', instants);
    await this.partitions.ensure('event_rollups', instants);
    if (deadLetters.length > 0 || earlier.size > 0) await this.partitions.ensure('dead_letters', [origin.receivedAt.getTime()]);
  }
}

function sqlStateOf(error: unknown): string {
  const carrier = error as { code?: unknown; driverError?: { code?: unknown } };
  const code = carrier.driverError?.code ?? carrier.code;
  return typeof code === 'string' ? code : '';
}
