import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable, grantTable } from '../../../platform/db/rls.js';

/** Pairs, their members with what each shall do and last reported, and what operators commanded. */
export class Ha1763790000500 implements MigrationInterface {
  readonly name = 'Ha1763790000500';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      // A pair stands in the way of its cluster's and its boxes' removal: the pairing is taken away first.
      `create table ha_pairs (
        cluster_id uuid not null,
        tenant_id uuid not null,
        site_id uuid not null,
        settings jsonb not null,
        vrid integer not null,
        former_members uuid[] not null default '{}',
        condition text not null default 'unknown',
        condition_reason text not null default 'neither member has reported yet',
        condition_since timestamptz(3) not null default now(),
        is_alarmed boolean not null default false,
        revision integer not null default 1,
        constraint ha_pairs_pkey primary key (cluster_id),
        constraint ha_pairs_vrid_key unique (site_id, vrid),
        constraint ha_pairs_cluster_fkey foreign key (tenant_id, cluster_id) references clusters (tenant_id, id)
      )`,
      ...fenceTable('ha_pairs'),
      ...grantTable('ha_pairs'),

      `create table ha_members (
        appliance_id uuid not null,
        cluster_id uuid not null,
        tenant_id uuid not null,
        interface text not null,
        address text not null,
        priority integer not null,
        ha_order text not null default 'normal',
        command_id uuid,
        status jsonb,
        status_at timestamptz(3),
        state_at timestamptz(3),
        constraint ha_members_pkey primary key (appliance_id),
        constraint ha_members_pair_fkey foreign key (cluster_id) references ha_pairs (cluster_id) on delete cascade,
        constraint ha_members_appliance_fkey foreign key (tenant_id, appliance_id) references appliances (tenant_id, id)
      )`,
      `create index ha_members_cluster_id_idx on ha_members (cluster_id)`,
      ...fenceTable('ha_members'),
      ...grantTable('ha_members'),

      `create table ha_commands (
        id uuid not null,
        tenant_id uuid not null,
        cluster_id uuid not null,
        kind text not null,
        appliance_id uuid,
        by text not null,
        reason text not null,
        at timestamptz(3) not null default clock_timestamp(),
        constraint ha_commands_pkey primary key (id),
        constraint ha_commands_cluster_fkey foreign key (tenant_id, cluster_id)
          references clusters (tenant_id, id) on delete cascade
      )`,
      `create index ha_commands_cluster_id_idx on ha_commands (cluster_id, at)`,
      ...fenceTable('ha_commands'),
      ...grantTable('ha_commands', 'select, insert'),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['ha_commands', 'ha_members', 'ha_pairs']) await runner.query(`drop table ${table}`);
  }
}
