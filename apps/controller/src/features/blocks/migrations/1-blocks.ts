import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable, grantTable } from '../../../platform/db/rls.js';

/** Addresses that the fleet refuses, those that it must not, and which of them each box was told under which digest. */
export class Blocks1763790000400 implements MigrationInterface {
  readonly name = 'Blocks1763790000400';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      // Counts the changes of a tenant's list. Its row is held by whoever changes the list, so whoever reads a number also sees all changes up to it.
      `create table block_lists (
        tenant_id uuid not null,
        serial bigint not null,
        constraint block_lists_pkey primary key (tenant_id),
        constraint block_lists_tenant_fkey foreign key (tenant_id) references tenants (id) on delete cascade
      )`,
      ...fenceTable('block_lists'),
      ...grantTable('block_lists'),

      `create table address_blocks (
        id uuid not null default gen_random_uuid(),
        tenant_id uuid not null,
        cluster_id uuid,
        address cidr not null,
        reason text not null,
        created_at timestamptz(3) not null default now(),
        created_by text not null,
        expires_at timestamptz(3),
        serial bigint not null,
        constraint address_blocks_pkey primary key (id),
        constraint address_blocks_key unique nulls not distinct (tenant_id, cluster_id, address),
        constraint address_blocks_tenant_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
        constraint address_blocks_cluster_fkey foreign key (tenant_id, cluster_id)
          references clusters (tenant_id, id) on delete cascade
      )`,
      `create index address_blocks_created_at_idx on address_blocks (created_at, id)`,
      `create index address_blocks_expires_at_idx on address_blocks (expires_at) where expires_at is not null`,
      ...fenceTable('address_blocks'),
      ...grantTable('address_blocks'),

      `create table address_releases (
        tenant_id uuid not null,
        address cidr not null,
        reason text not null,
        created_at timestamptz(3) not null default now(),
        created_by text not null,
        expires_at timestamptz(3) not null,
        constraint address_releases_pkey primary key (tenant_id, address),
        constraint address_releases_tenant_fkey foreign key (tenant_id) references tenants (id) on delete cascade
      )`,
      ...fenceTable('address_releases'),
      ...grantTable('address_releases'),

      `create table block_publications (
        appliance_id uuid not null,
        sha256 text not null,
        tenant_id uuid not null,
        serial bigint not null,
        constraint block_publications_pkey primary key (appliance_id, sha256),
        constraint block_publications_appliance_fkey foreign key (tenant_id, appliance_id)
          references appliances (tenant_id, id) on delete cascade
      )`,
      ...fenceTable('block_publications'),
      ...grantTable('block_publications'),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['block_publications', 'address_releases', 'address_blocks', 'block_lists'])
      await runner.query(`drop table ${table}`);
  }
}
