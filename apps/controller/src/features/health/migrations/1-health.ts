import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable, grantTable } from '../../../platform/db/rls.js';

/** How each box is now, its history by minute, and which ingress processes were receiving. */
export class Health1763740000200 implements MigrationInterface {
  readonly name = 'Health1763740000200';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      // `heard_at` and `offline_due_at` are the database's clock, which all ingress processes share.
      `create table appliance_health (
        appliance_id uuid not null,
        tenant_id uuid not null,
        online boolean not null,
        connection_id text,
        past_connections text[] not null default '{}',
        heard_at timestamptz(3) not null,
        offline_due_at timestamptz(3),
        offline_due_reason text,
        boot_id text,
        monotonic_ms double precision,
        clock_samples double precision[] not null default '{}',
        clock_skew_ms double precision,
        monotonic_offset_ms double precision,
        wall_offset_ms double precision,
        clock_uncertainty_ms double precision,
        certificate_not_after timestamptz(3),
        box jsonb,
        engine jsonb,
        constraint appliance_health_pkey primary key (appliance_id),
        constraint appliance_health_appliance_fkey foreign key (tenant_id, appliance_id)
          references appliances (tenant_id, id) on delete cascade
      )`,
      `create index appliance_health_heard_at_idx on appliance_health (heard_at) where online`,
      `create index appliance_health_due_idx on appliance_health (offline_due_at) where online and offline_due_at is not null`,
      ...fenceTable('appliance_health'),
      ...grantTable('appliance_health', 'select, insert, update'),

      `create table health_minutes (
        tenant_id uuid not null,
        appliance_id uuid not null,
        minute timestamptz(0) not null,
        heartbeats integer not null,
        cpu_sum double precision not null,
        memory_used_sum double precision not null,
        disk_used_sum double precision not null,
        window_ms double precision not null,
        requests bigint not null,
        blocked bigint not null,
        latency_weight bigint not null,
        latency_p50_sum double precision not null,
        latency_p99_max double precision,
        constraint health_minutes_pkey primary key (appliance_id, minute)
      ) partition by range (minute)`,
      ...fenceTable('health_minutes'),
      ...grantTable('health_minutes', 'select, insert, update'),
      `insert into partition_plans (parent, unit) values ('health_minutes', 'day')`,

      `create table ingress_replicas (
        id uuid not null,
        receiving_since timestamptz(3),
        ticked_at timestamptz(3) not null,
        constraint ingress_replicas_pkey primary key (id)
      )`,
      ...grantTable('ingress_replicas'),

      // The sweep has no tenant yet. The function runs as the owner, which is fenced too unless it is a superuser.
      `create policy owner_reads on appliance_health for select to current_user using (true)`,
      `create function boxes_to_put_offline(counted_since timestamptz, silence interval) returns table (tenant_id uuid, appliance_id uuid)
        language sql stable security definer set search_path = public, pg_temp as $$
          select h.tenant_id, h.appliance_id from appliance_health h where h.online and h.offline_due_at <= now()
          union
          select h.tenant_id, h.appliance_id from appliance_health h
           where h.online and h.heard_at < now() - silence and counted_since < now() - silence
      $$`,
      `revoke all on function boxes_to_put_offline(timestamptz, interval) from public`,
      `grant execute on function boxes_to_put_offline(timestamptz, interval) to phalanx_app`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function boxes_to_put_offline(timestamptz, interval)');
    await runner.query(`delete from partition_plans where parent = 'health_minutes'`);
    for (const table of ['ingress_replicas', 'health_minutes', 'appliance_health']) await runner.query(`drop table ${table}`);
  }
}
