import { Injectable } from '@nestjs/common';
import type { HaEvent } from '@phalanx/contracts';
import { Database } from '../../platform/db/database.js';

export interface PairEvent {
  readonly id: string;
  readonly applianceId: string;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
  readonly body: HaEvent;
}

/** More than this is no history any more but a defect; the newest count. */
const MOST = 20_000;

/** Reads what members of pairs told of themselves. In the transaction of the caller. */
@Injectable()
export class PairEvents {
  constructor(private readonly database: Database) {}

  /** Transitions that these appliances told of the pair, received since; in no order. */
  of(clusterId: string, applianceIds: readonly string[], receivedSince: Date): Promise<PairEvent[]> {
    return this.database.em().query<PairEvent[]>(
      `select e.id, e.appliance_id as "applianceId", e.occurred_at as "occurredAt", e.received_at as "receivedAt", e.body from events e
        where e.kind = 'ha' and e.body->>'clusterId' = $1 and e.received_at >= $2 and e.appliance_id = any($3::uuid[])
        order by e.received_at desc limit ${MOST}`,
      [clusterId, receivedSince, applianceIds],
    );
  }
}
