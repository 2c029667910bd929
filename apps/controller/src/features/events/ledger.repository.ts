import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';

/** Between which instants the events of a stream happened. */
export interface StreamSpan {
  readonly earliest: Date;
  readonly latest: Date;
}

export interface LedgerEntry {
  /** Where the next batch begins. */
  readonly next: number;
  /** Null before the first event. */
  readonly span: StreamSpan | null;
}

/** How far each stream of a box is stored. Owns the table `event_ledger`. */
@Injectable()
export class LedgerRepository {
  constructor(private readonly database: Database) {}

  /** Where the stream stands; holds its row until the transaction ends, so that batches of one stream are stored one by one. */
  async lock(tenantId: string, applianceId: string, stream: string): Promise<LedgerEntry> {
    const [row] = await this.database.em().query<{ next: string; earliest: Date | null; latest: Date | null }[]>(
      `insert into event_ledger (tenant_id, appliance_id, stream, next) values ($1, $2, $3, 0)
       on conflict (appliance_id, stream) do update set finished = false returning next, earliest, latest`,
      [tenantId, applianceId, stream],
    );
    const { next, earliest, latest } = row!;
    return { next: Number(next), span: earliest && latest && { earliest, latest } };
  }

  async advance(applianceId: string, stream: string, next: number, added: StreamSpan | null): Promise<void> {
    await this.database.em().query(
      `update event_ledger set next = $3, earliest = least(earliest, $4), latest = greatest(latest, $5), updated_at = now()
        where appliance_id = $1 and stream = $2`,
      [applianceId, stream, next, added?.earliest ?? null, added?.latest ?? null],
    );
  }

  /** Marks streams whose files the box no longer has. */
  async finish(applianceId: string, streams: readonly string[]): Promise<void> {
    await this.database
      .em()
      .query('update event_ledger set finished = true, updated_at = now() where appliance_id = $1 and stream = any($2::uuid[])', [
        applianceId,
        streams,
      ]);
  }

  /** Removes at most `limit` rows of finished streams, or of others, that were not touched since; returns how many. */
  async forget(finished: boolean, before: Date, limit: number): Promise<number> {
    const [, removed] = await this.database.em().query<[unknown, number]>(
      `delete from event_ledger where (appliance_id, stream) in (
         select appliance_id, stream from event_ledger where finished = $1 and updated_at < $2 limit $3)`,
      [finished, before, limit],
    );
    return removed;
  }
}
