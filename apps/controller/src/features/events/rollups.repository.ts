import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';
import type { RollupSum } from './rollup-sums.js';

export interface RollupFilter {
  readonly tenantId?: string | undefined;
  readonly applianceId?: string | undefined;
  readonly applicationId?: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly bucketMinutes: number;
}

interface BucketRow {
  readonly at: Date;
  readonly blocked: string;
  readonly detected: string;
  readonly passed: string;
  readonly lost: string;
  readonly networkBlocked: string;
}

/** Sums of events per minute. Owns the table `event_rollups`. */
@Injectable()
export class RollupsRepository {
  constructor(private readonly database: Database) {}

  async add(tenantId: string, applianceId: string, sums: readonly RollupSum[]): Promise<void> {
    if (sums.length === 0) return;
    await this.database.em().query(
      `insert into event_rollups as r (tenant_id, appliance_id, minute, application_id, blocked, detected, passed, lost, network_blocked)
       select $1, $2, to_timestamp(u.minute / 1000), u.application_id, u.blocked, u.detected, u.passed, u.lost, u.network_blocked
         from unnest($3::float8[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
           as u(minute, application_id, blocked, detected, passed, lost, network_blocked)
       on conflict (appliance_id, minute, application_id) do update set
         blocked = r.blocked + excluded.blocked, detected = r.detected + excluded.detected,
         passed = r.passed + excluded.passed, lost = r.lost + excluded.lost,
         network_blocked = r.network_blocked + excluded.network_blocked`,
      [
        tenantId,
        applianceId,
        sums.map((sum) => sum.minuteMs),
        sums.map((sum) => sum.applicationId),
        sums.map((sum) => sum.blocked),
        sums.map((sum) => sum.detected),
        sums.map((sum) => sum.passed),
        sums.map((sum) => sum.lost),
        sums.map((sum) => sum.networkBlocked),
      ],
    );
  }

  /** One row a bucket of [from, to), buckets without events included. */
  async read({ from, to, bucketMinutes, tenantId, applianceId, applicationId }: RollupFilter): Promise<BucketRow[]> {
    return this.database.em().query<BucketRow[]>(
      `with span as (select $3 * interval '1 minute' as width),
       sums as (
         select date_bin(width, r.minute, 'epoch') as at, sum(r.blocked) as blocked, sum(r.detected) as detected,
                sum(r.passed) as passed, sum(r.lost) as lost,
                sum(r.network_blocked) as "networkBlocked"
           from event_rollups r, span
          where r.minute >= date_bin(width, $1::timestamptz, 'epoch') and r.minute < $2::timestamptz
            and ($4::uuid is null or r.tenant_id = $4) and ($5::uuid is null or r.appliance_id = $5)
            and ($6::uuid is null or r.application_id = $6)
          group by 1
       )
       select b.at, coalesce(s.blocked, 0) as blocked, coalesce(s.detected, 0) as detected, coalesce(s.passed, 0) as passed,
              coalesce(s.lost, 0) as lost, coalesce(s."networkBlocked", 0) as "networkBlocked"
         from span, generate_series(date_bin(width, $1::timestamptz, 'epoch'), $2::timestamptz - interval '1 microsecond', width) as b(at)
         left join sums s on s.at = b.at order by b.at`,
      [new Date(from), new Date(to), bucketMinutes, tenantId ?? null, applianceId ?? null, applicationId ?? null],
    );
  }
}
