import { Injectable } from '@nestjs/common';
import { SILENCE_LIMIT_MS } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { Database } from '../../platform/db/database.js';
import { NO_TENANT, scopeOfTenant } from '../../platform/db/tenant-scope.js';

/** An ingress process that has not ticked for this long may be holding messages that it was given. */
const STALLED = `interval '6 seconds'`;
/** One that has not ticked for this long has lost its connection, and the broker gives its share to the others. */
const GONE = `interval '20 seconds'`;
const FORGOTTEN = `interval '5 minutes'`;
const SILENCE = `${SILENCE_LIMIT_MS} milliseconds`;

interface DueBox {
  readonly tenantId: string;
  readonly applianceId: string;
}

/** Which boxes have gone offline. Owns the table `ingress_replicas`. Each call is a transaction of its own. */
@Injectable()
export class OfflineRepository {
  constructor(private readonly database: Database) {}

  /**
   * Says that this process lives and for how long it has been receiving (null: it is not), and returns since when all of the ingress
   * has been receiving; null while some process may be sitting on messages, or none receives.
   */
  async tick(replicaId: string, receivingForMs: number | null): Promise<Date | null> {
    return this.database.run(NO_TENANT, async (em) => {
      await em.query(
        `insert into ingress_replicas (id, receiving_since, ticked_at) values ($1, now() - $2::float8 * interval '1 millisecond', now())
         on conflict (id) do update set receiving_since = excluded.receiving_since, ticked_at = excluded.ticked_at`,
        [replicaId, receivingForMs],
      );
      await em.query(`delete from ingress_replicas where ticked_at < now() - ${FORGOTTEN}`);
      const [row] = await em.query<{ since: Date | null }[]>(
        `select case when bool_or(ticked_at < now() - ${STALLED} and ticked_at >= now() - ${GONE})
                       or not bool_or(ticked_at >= now() - ${STALLED} and receiving_since is not null) then null
                     else max(case when ticked_at >= now() - ${GONE} then receiving_since else ticked_at + ${GONE} end) end as since
           from ingress_replicas`,
      );
      return row?.since ?? null;
    });
  }

  async leave(replicaId: string): Promise<void> {
    await this.database.run(NO_TENANT, (em) => em.query('delete from ingress_replicas where id = $1', [replicaId]));
  }

  /** Boxes whose connection ended, or which were silent while the ingress was receiving. */
  async due(countedSince: Date | null): Promise<DueBox[]> {
    return this.database.run(NO_TENANT, (em) =>
      em.query<DueBox[]>(
        `select tenant_id as "tenantId", appliance_id as "applianceId" from boxes_to_put_offline($1, '${SILENCE}') order by 1, 2`,
        [countedSince],
      ),
    );
  }

  /** Puts those of the boxes offline that are still due, and returns them. Throws, with nothing changed, when `isValid` has become false meanwhile. */
  async putOffline(
    tenantId: string,
    applianceIds: readonly string[],
    countedSince: Date | null,
    isValid: () => boolean,
  ): Promise<string[]> {
    return this.database.run(scopeOfTenant(tenantId), async (em) => {
      const [rows] = await em.query<[{ id: string; reason: string }[], number]>(
        `update appliance_health h set online = false, offline_due_at = null
          where h.appliance_id = any($1::uuid[]) and h.online
            and (h.offline_due_at <= now() or (h.heard_at < now() - interval '${SILENCE}' and $2::timestamptz < now() - interval '${SILENCE}'))
         returning h.appliance_id as id, coalesce(h.offline_due_reason, 'no heartbeat for ${SILENCE_LIMIT_MS / 1000} s') as reason`,
        [applianceIds, countedSince],
      );
      if (!isValid()) throw new AppError('unavailable', 'health.stalled', 'this process or its database stood still while it looked');
      await em.query(
        `update appliance_status s set online = false, offline_reason = u.reason from unnest($1::uuid[], $2::text[]) as u(id, reason)
          where s.appliance_id = u.id`,
        [rows.map((row) => row.id), rows.map((row) => row.reason)],
      );
      return rows.map((row) => row.id);
    });
  }
}
