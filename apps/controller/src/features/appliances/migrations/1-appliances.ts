import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable, grantTable } from '../../../platform/db/rls.js';

/** Appliances, and the one row of each that says how it stands now. */
export class Appliances1763710000200 implements MigrationInterface {
  readonly name = 'Appliances1763710000200';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      `create table appliances (
        id uuid not null default gen_random_uuid(),
        tenant_id uuid not null,
        site_id uuid not null,
        cluster_id uuid not null,
        name text not null,
        listen_addresses text[] not null,
        tags text[] not null default '{}',
        created_at timestamptz(3) not null default now(),
        revision integer not null default 1,
        constraint appliances_pkey primary key (id),
        constraint appliances_tenant_id_id_key unique (tenant_id, id),
        constraint appliances_tenant_id_name_key unique (tenant_id, name),
        constraint appliances_site_fkey foreign key (tenant_id, site_id) references sites (tenant_id, id),
        constraint appliances_cluster_fkey foreign key (tenant_id, cluster_id) references clusters (tenant_id, id)
      )`,
      `create index appliances_name_idx on appliances (name, id)`,
      `create index appliances_cluster_id_idx on appliances (cluster_id)`,
      `create index appliances_tags_idx on appliances using gin (tags)`,
      ...fenceTable('appliances'),
      ...grantTable('appliances'),

      `create table appliance_status (
        appliance_id uuid not null,
        tenant_id uuid not null,
        online boolean not null default false,
        offline_reason text,
        last_seen_at timestamptz(3),
        sync_state text not null default 'never-enrolled',
        sync_reason text,
        agent_version text,
        engine_version text,
        constraint appliance_status_pkey primary key (appliance_id),
        constraint appliance_status_sync_state_check check (
          sync_state in ('in-sync', 'pending', 'failed', 'drifted', 'offline', 'never-enrolled', 'quarantined')
        ),
        constraint appliance_status_appliance_fkey foreign key (tenant_id, appliance_id)
          references appliances (tenant_id, id) on delete cascade
      )`,
      ...fenceTable('appliance_status'),
      ...grantTable('appliance_status'),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['appliance_status', 'appliances']) await runner.query(`drop table ${table}`);
  }
}
