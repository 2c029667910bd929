import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Database } from '../db/database.js';

export interface OutboxRow {
  readonly id: string;
  readonly tenantId: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly attempts: number;
}

/** SQL of the table `changes`. It holds ids only and has no tenant fence: its tenant decides the consumer's scope. */
@Injectable()
export class OutboxRepository {
  constructor(
    private readonly database: Database,
    private readonly source: DataSource,
  ) {}

  /** Updating a row that waits already locks it until our commit, so that it can't be claimed before what it tells of is there. */
  async add(topic: string, tenantId: string, payloads: readonly object[]): Promise<void> {
    const em = this.database.em();
    await em.query(
      `insert into changes (topic, tenant_id, payload) select $1, $2, item from jsonb_array_elements($3::jsonb) as item order by item
       on conflict (topic, tenant_id, payload) where attempts = 0 do update set created_at = now()`,
      [topic, tenantId, JSON.stringify(payloads)],
    );
    await em.query(`select pg_notify('phalanx_changes', $1)`, [topic]);
  }

  /**
   * Claims due rows of one tenant for a while: they come back by themselves when their holder dies. A claimed row no longer collapses with
   * new ones, so a change made while it is worked on is worked on again.
   */
  async claim(topic: string, limit: number, leaseMs: number): Promise<OutboxRow[]> {
    const [rows]: [OutboxRow[], number] = await this.source.query(
      `update changes set attempts = attempts + 1, not_before = now() + $3 * interval '1 millisecond'
        where id in (
          select id from changes
           where topic = $1 and not_before <= now()
             and tenant_id = (select tenant_id from changes where topic = $1 and not_before <= now() order by id limit 1 for update skip locked)
           order by id limit $2 for update skip locked)
        returning id, tenant_id as "tenantId", payload, attempts`,
      [topic, limit, leaseMs],
    );
    return rows;
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.source.query('delete from changes where id = any($1::bigint[])', [ids]);
  }

  /** Puts claimed rows off after their consumer failed. */
  async putOff(ids: readonly string[], delayMs: number): Promise<void> {
    await this.source.query(`update changes set not_before = now() + $2 * interval '1 millisecond' where id = any($1::bigint[])`, [
      ids,
      delayMs,
    ]);
  }
}
