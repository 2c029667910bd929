import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';
import { toColumns } from './event-columns.js';
import type { DeadLetter, EventRow } from './event-row.js';
import type { StreamSpan } from './ledger.repository.js';

export interface BatchOrigin {
  readonly tenantId: string;
  readonly applianceId: string;
  readonly stream: string;
  readonly receivedAt: Date;
}

/** What adding to a folded event needs to know of it. */
export interface RepeatedEvent {
  readonly position: number;
  readonly kind: EventRow['kind'];
  readonly occurredAtMs: number;
  readonly action: EventRow['action'];
  readonly applicationId: string | null;
}

const texts = (parameter: number) => `string_to_array($${parameter}, E'\\n', '')`;

/** Writes events and dead letters. Owns the tables `events` and `dead_letters` together with `EventListRepository`. */
@Injectable()
export class EventsRepository {
  constructor(private readonly database: Database) {}

  async insert(origin: BatchOrigin, rows: readonly EventRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.database.em().query(
      `insert into events (tenant_id, appliance_id, stream, received_at, id, position, occurred_at, box_time, kind, action,
                           application_id, source, request_id, rule_ids, count, body)
       select $1, $2, $3, $4, u.id, u.position, to_timestamp(u.occurred_at / 1000), to_timestamp(u.box_time / 1000), u.kind, u.action,
              u.application_id, u.source, u.request_id, u.rule_ids::bigint[], u.count, u.body::jsonb
         from unnest($5::uuid[], $6::bigint[], $7::float8[], $8::float8[], ${texts(9)}, ${texts(10)}, $11::uuid[], ${texts(12)},
                     ${texts(13)}, ${texts(14)}, $15::bigint[], ${texts(16)})
           as u(id, position, occurred_at, box_time, kind, action, application_id, source, request_id, rule_ids, count, body)`,
      [origin.tenantId, origin.applianceId, origin.stream, origin.receivedAt, ...toColumns(rows)],
    );
  }

  /** Adds refusals to events of the span that are stored already; returns those that were found. */
  async addToCounts(added: readonly { id: string; count: number }[], span: StreamSpan | null): Promise<RepeatedEvent[]> {
    if (added.length === 0 || !span) return [];
    const [rows] = await this.database
      .em()
      .query<[{ position: string; kind: EventRow['kind']; at: Date; action: EventRow['action']; applicationId: string | null }[], number]>(
        // `= any` keeps to the index of each partition, where a join might read them through.
        `update events e set count = e.count + ($2::bigint[])[array_position($1::uuid[], e.id)] where e.id = any($1::uuid[]) and e.occurred_at between $3 and $4
       returning e.position, e.kind, e.occurred_at as at, e.action, e.application_id as "applicationId"`,
        [added.map((item) => item.id), added.map((item) => item.count), span.earliest, span.latest],
      );
    return rows.map((row) => ({ ...row, position: Number(row.position), occurredAtMs: row.at.getTime() }));
  }

  async bury(origin: Omit<BatchOrigin, 'stream'> & { stream: string | null }, letters: readonly DeadLetter[]): Promise<void> {
    if (letters.length === 0) return;
    await this.database.em().query(
      `insert into dead_letters (tenant_id, appliance_id, stream, received_at, position, reason, count, payload)
       select $1, $2, $3, $4, u.* from unnest($5::bigint[], $6::text[], $7::bigint[], $8::text[]) as u`,
      [
        origin.tenantId,
        origin.applianceId,
        origin.stream,
        origin.receivedAt,
        letters.map((letter) => letter.position),
        letters.map((letter) => letter.reason),
        letters.map((letter) => letter.count),
        letters.map((letter) => letter.payload),
      ],
    );
  }
}
