import { Inject, Injectable } from '@nestjs/common';
import type { EventBatch } from '@phalanx/contracts';
import { messageOf } from '@phalanx/kit';
import { Database } from '../../platform/db/database.js';
import type { JudgedBatch } from './event-batch.js';
import { eventIdsOf } from './event-id.js';
import { type DeadLetter, type EventRow, shownPayload } from './event-row.js';
import { type BatchOrigin, EventsRepository } from './events.repository.js';
import { LedgerRepository, type StreamSpan } from './ledger.repository.js';
import { RollupSums } from './rollup-sums.js';
import { RollupsRepository } from './rollups.repository.js';

export interface WrittenBatch {
  /** Where the stream stands: the batch's end when it was stored, else the place that it should have begun at. */
  readonly place: number;
  /** Entries that went to the dead letters. */
  readonly buried: number;
}

/** Writes one judged batch in the current transaction. */
@Injectable()
export class EventStore {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LedgerRepository) private readonly ledger: LedgerRepository,
    @Inject(EventsRepository) private readonly events: EventsRepository,
    @Inject(RollupsRepository) private readonly rollups: RollupsRepository,
  ) {}

  /**
   * `apart` stores each row under a savepoint, so that what the database refuses can be told from the rest.
   */
  async write(origin: BatchOrigin, frame: EventBatch, judged: JudgedBatch, mode: 'together' | 'apart'): Promise<WrittenBatch> {
    const { next: place, span } = await this.ledger.lock(origin.tenantId, origin.applianceId, origin.stream);
    if (frame.finished.length > 0) await this.ledger.finish(origin.applianceId, frame.finished);
    if (place !== frame.first) return { place, buried: 0 };
    const letters: DeadLetter[] = [...judged.deadLetters];
    const refused = mode === 'together' ? await this.insert(origin, judged.rows) : await this.insertApart(origin, judged.rows, letters);
    const sums = new RollupSums();
    for (const row of judged.rows) if (!refused.has(row)) sums.add(row, row.count, row.lost);
    await this.addRepeats(origin, judged.earlier, span, sums, letters);
    await this.rollups.add(origin.tenantId, origin.applianceId, sums.inOrder());
    await this.events.bury(origin, letters);
    await this.ledger.advance(origin.applianceId, origin.stream, frame.next, spanOf(judged.rows));
    return { place: frame.next, buried: letters.length };
  }

  private async insert(origin: BatchOrigin, rows: readonly EventRow[]): Promise<Set<EventRow>> {
    await this.events.insert(origin, rows);
    return new Set();
  }

  /** Halves what is refused until single rows are left, and buries those. */
  private async insertApart(origin: BatchOrigin, rows: readonly EventRow[], letters: DeadLetter[]): Promise<Set<EventRow>> {
    const refused = new Set<EventRow>();
    const em = this.database.em();
    const attempt = async (part: readonly EventRow[]): Promise<void> => {
      if (part.length === 0) return;
      await em.query('savepoint part');
      try {
        await this.events.insert(origin, part);
        await em.query('release savepoint part');
        return;
      } catch (error) {
        await em.query('rollback to savepoint part');
        await em.query('release savepoint part');
        if (part.length === 1) {
          const [row] = part as [EventRow];
          refused.add(row);
          const reason = `events.refused: ${shownPayload(messageOf(error)).slice(0, 250)}`;
          letters.push({ position: row.position, reason, count: row.count, payload: shownPayload(row.body) });
          return;
        }
      }
      const middle = part.length >> 1;
      await attempt(part.slice(0, middle));
      await attempt(part.slice(middle));
    };
    await attempt(rows);
    return refused;
  }

  private async addRepeats(
    origin: BatchOrigin,
    earlier: JudgedBatch['earlier'],
    span: StreamSpan | null,
    sums: RollupSums,
    letters: DeadLetter[],
  ): Promise<void> {
    const idOf = eventIdsOf(origin.applianceId, origin.stream);
    const missing = new Map(earlier);
    for (const event of await this.events.addToCounts(
      [...earlier].map(([position, count]) => ({ id: idOf(position), count })),
      span,
    )) {
      sums.add(event, earlier.get(event.position) ?? 0);
      missing.delete(event.position);
    }
    for (const [position, count] of missing)
      letters.push({ position, reason: 'events.repeat-of-unknown: it repeats what is no stored event', count, payload: '' });
  }
}

function spanOf(rows: readonly EventRow[]): StreamSpan | null {
  if (rows.length === 0) return null;
  let [earliest, latest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { occurredAtMs } of rows) {
    earliest = Math.min(earliest, occurredAtMs);
    latest = Math.max(latest, occurredAtMs);
  }
  return { earliest: new Date(earliest), latest: new Date(latest) };
}
