import { Injectable } from '@nestjs/common';
import type { Heartbeat } from '@phalanx/contracts';
import { Database } from '../../platform/db/database.js';

interface BucketRow {
  readonly at: Date;
  readonly heartbeats: string;
  readonly cpu: number;
  readonly memoryUsedBytes: number;
  readonly diskUsedBytes: number;
  readonly requestsPerSecond: number | null;
  readonly blockedPerSecond: number | null;
  readonly latencyP50Ms: number | null;
  readonly latencyP99Ms: number | null;
}

/** Sums of heartbeats per minute. Owns the table `health_minutes`. */
@Injectable()
export class HealthMinutesRepository {
  constructor(private readonly database: Database) {}

  async add(tenantId: string, applianceId: string, at: Date, { box, engine }: Heartbeat): Promise<void> {
    const weight = engine?.latencyMs ? engine.requests : 0;
    await this.database.em().query(
      `insert into health_minutes as m (tenant_id, appliance_id, minute, heartbeats, cpu_sum, memory_used_sum, disk_used_sum, window_ms,
                                        requests, blocked, latency_weight, latency_p50_sum, latency_p99_max)
       values ($1, $2, date_trunc('minute', $3::timestamptz, 'UTC'), 1, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       on conflict (appliance_id, minute) do update set
         heartbeats = m.heartbeats + 1, cpu_sum = m.cpu_sum + excluded.cpu_sum,
         memory_used_sum = m.memory_used_sum + excluded.memory_used_sum, disk_used_sum = m.disk_used_sum + excluded.disk_used_sum,
         window_ms = m.window_ms + excluded.window_ms, requests = m.requests + excluded.requests, blocked = m.blocked + excluded.blocked,
         latency_weight = m.latency_weight + excluded.latency_weight, latency_p50_sum = m.latency_p50_sum + excluded.latency_p50_sum,
         latency_p99_max = greatest(m.latency_p99_max, excluded.latency_p99_max)`,
      [
        tenantId,
        applianceId,
        at,
        box.cpu,
        box.memoryUsedBytes,
        box.diskUsedBytes,
        engine?.windowMs ?? 0,
        engine?.requests ?? 0,
        engine?.blocked ?? 0,
        weight,
        weight * (engine?.latencyMs?.p50 ?? 0),
        engine?.latencyMs?.p99 ?? null,
      ],
    );
  }

  /** One row a bucket that has heartbeats. The 50th percentile is the mean of the minutes' by requests, the 99th their highest. */
  async read(applianceId: string, from: string, to: string, bucketMinutes: number): Promise<BucketRow[]> {
    return this.database.em().query<BucketRow[]>(
      `select date_bin($4 * interval '1 minute', minute, 'epoch') as at, sum(heartbeats) as heartbeats,
              sum(cpu_sum) / sum(heartbeats) as cpu, sum(memory_used_sum) / sum(heartbeats) as "memoryUsedBytes",
              sum(disk_used_sum) / sum(heartbeats) as "diskUsedBytes",
              (sum(requests) / nullif(sum(window_ms), 0) * 1000)::float8 as "requestsPerSecond",
              (sum(blocked) / nullif(sum(window_ms), 0) * 1000)::float8 as "blockedPerSecond",
              (sum(latency_p50_sum) / nullif(sum(latency_weight), 0))::float8 as "latencyP50Ms", max(latency_p99_max) as "latencyP99Ms"
         from health_minutes
        where appliance_id = $1 and minute >= date_bin($4 * interval '1 minute', $2::timestamptz, 'epoch') and minute < $3::timestamptz
        group by 1 order by 1`,
      [applianceId, new Date(from), new Date(to), bucketMinutes],
    );
  }
}
