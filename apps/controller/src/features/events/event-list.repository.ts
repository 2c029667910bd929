import { Injectable } from '@nestjs/common';
import type { ApplianceEvent, EventQuery } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { Database } from '../../platform/db/database.js';

/** A stored event as it is read back. */
export interface StoredEvent {
  readonly id: string;
  readonly tenantId: string;
  readonly applianceId: string;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
  readonly count: string;
  readonly body: ApplianceEvent;
}

export interface EventPlace {
  readonly occurredAt: string;
  readonly id: string;
}

const COLUMNS = `e.id, e.tenant_id as "tenantId", e.appliance_id as "applianceId", e.occurred_at as "occurredAt",
  e.received_at as "receivedAt", e.count, e.body`;
/** A filter that no index serves may have to look at very much; the caller is asked to narrow the time instead. */
const DEADLINE_MS = 10_000;
const CANCELLED = '57014';

/** Reads events, newest first. */
@Injectable()
export class EventListRepository {
  constructor(private readonly database: Database) {}

  /** At most `limit` events after `place`. Throws `limit` with code `events.too-wide` when it takes too long. */
  async list(query: Omit<EventQuery, 'cursor'>, place: EventPlace | null, limit: number): Promise<StoredEvent[]> {
    const values: unknown[] = [];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const tenants = bind(this.database.scope().tenantIds.filter((id) => query.tenantId === undefined || id === query.tenantId));
    const conditions = filters(query, bind);
    if (place) conditions.push(`(e.occurred_at, e.id) < (${bind(new Date(place.occurredAt))}::timestamptz, ${bind(place.id)}::uuid)`);
    const order = `order by e.occurred_at desc, e.id desc limit ${bind(limit)}`;
    const where = (first: string) => [first, ...conditions].join(' and ');
    const hasOwnIndex = query.requestId !== undefined || query.applianceId !== undefined;
    const source = hasOwnIndex
      ? `select e.* from events e where ${where(`e.tenant_id = any(${tenants}::uuid[])`)}`
      : // Each tenant's newest come from its own part of the index: one scan over all would read the busy ones through.
        `select e.* from unnest(${tenants}::uuid[]) as t(id)
           cross join lateral (select e.* from events e where ${where('e.tenant_id = t.id')} ${order}) e`;
    return this.withDeadline(`select ${COLUMNS} from (${source}) e ${order}`, values);
  }

  async byIds(ids: readonly string[]): Promise<StoredEvent[]> {
    return this.database.em().query<StoredEvent[]>(`select ${COLUMNS} from events e where e.id = any($1::uuid[])`, [ids]);
  }

  private async withDeadline(sql: string, values: unknown[]): Promise<StoredEvent[]> {
    const em = this.database.em();
    await em.query(`select set_config('statement_timeout', $1, true)`, [String(DEADLINE_MS)]);
    try {
      return await em.query<StoredEvent[]>(sql, values);
    } catch (error) {
      if ((error as { driverError?: { code?: string } }).driverError?.code !== CANCELLED) throw error;
      throw new AppError('limit', 'events.too-wide', 'this search takes too long; narrow its time, or name a tenant or an appliance', {
        cause: error,
      });
    }
  }
}

/** SQL conditions of the query's filters. */
function filters(query: Omit<EventQuery, 'cursor'>, bind: (value: unknown) => string): string[] {
  const conditions: string[] = [];
  const equal = (column: string, value: unknown) => {
    if (value !== undefined) conditions.push(`e.${column} = ${bind(value)}`);
  };
  equal('appliance_id', query.applianceId);
  equal('application_id', query.applicationId);
  equal('kind', query.kind);
  equal('action', query.action);
  equal('request_id', query.requestId);
  // Stored as engines write it; asked for in any spelling of the address.
  if (query.source !== undefined) conditions.push(`e.source = host(${bind(query.source)}::inet)`);
  if (query.ruleId !== undefined) conditions.push(`e.rule_ids @> array[${bind(query.ruleId)}]::bigint[]`);
  if (query.from !== undefined) conditions.push(`e.occurred_at >= ${bind(new Date(query.from))}`);
  if (query.to !== undefined) conditions.push(`e.occurred_at < ${bind(new Date(query.to))}`);
  if (query.q !== undefined) {
    const pattern = bind(`%${query.q.replace(/[\\%_]/g, '\\$&')}%`);
    conditions.push(`(e.body ->> 'path' ilike ${pattern} or e.body ->> 'query' ilike ${pattern})`);
  }
  return conditions;
}
