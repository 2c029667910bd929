import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';

/** A signed desired state that a box is to be told. */
export interface Announcement {
  readonly applianceId: string;
  readonly tenantId: string;
  readonly epoch: number;
  readonly generation: number;
  readonly document: string;
}

const COLUMNS = `appliance_id as "applianceId", tenant_id as "tenantId", epoch, generation, document`;

/** SQL of what is told to boxes and when: the `sent` and `announce` columns, in the transaction of the caller. */
@Injectable()
export class AnnounceRows {
  constructor(private readonly database: Database) {}

  /**
   * Takes documents that are due and puts each off by its back-off (doubling from `firstMs` up to `maxMs`), so that one replica tells it
   * and it comes back until it is applied.
   */
  async takeDue(limit: number, firstMs: number, maxMs: number): Promise<Announcement[]> {
    const [rows] = await this.database.em().query<[Announcement[], number]>(
      `update desired_states set announce_attempts = announce_attempts + 1,
         announce_at = now() + least($3::float8, $2::float8 * power(2, least(announce_attempts, 20))) * interval '1 millisecond'
        where appliance_id in (
          select appliance_id from desired_states where announce_at <= now() and document is not null
           order by announce_at limit $1 for update skip locked)
        returning ${COLUMNS}`,
      [limit, firstMs, maxMs],
    );
    return rows;
  }

  /** Documents of these appliances, or of all in scope. */
  documents(applianceIds: readonly string[] | null): Promise<Announcement[]> {
    return this.database
      .em()
      .query(`select ${COLUMNS} from desired_states where document is not null and ($1::uuid[] is null or appliance_id = any($1))`, [
        applianceIds,
      ]);
  }

  /** Notes what the broker has taken. A document that was replaced meanwhile is not noted. */
  async markSent(sent: readonly Announcement[]): Promise<void> {
    const told = JSON.stringify(sent.map(({ applianceId, epoch, generation }) => ({ applianceId, epoch, generation })));
    await this.database.em().query(
      `with told as (
         update desired_states s set sent_epoch = s.epoch, sent_generation = s.generation, sent_at = clock_timestamp()
           from jsonb_to_recordset($1::jsonb) as n("applianceId" uuid, epoch int, generation int)
          where s.appliance_id = n."applianceId" and s.epoch = n.epoch and s.generation = n.generation
         returning s.appliance_id)
       update desired_facets f set sent = f.desired, sent_at = clock_timestamp(),
          reason = case when f.state = 'pending' and f.sent is distinct from f.desired then 'told to the box, which has not answered yet' else f.reason end
         from told where f.appliance_id = told.appliance_id`,
      [told],
    );
  }

  /** Tells these again soon. */
  async callSoon(applianceIds: readonly string[], delayMs: number): Promise<void> {
    await this.database
      .em()
      .query(`update desired_states set announce_at = now() + $2 * interval '1 millisecond' where appliance_id = any($1)`, [
        applianceIds,
        delayMs,
      ]);
  }
}
