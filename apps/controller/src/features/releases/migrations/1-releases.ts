import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable, grantTable } from '../../../platform/db/rls.js';

/**
 * Signed repositories, the content that they name, signature packs and the keys that sign desired state. A row without a tenant
 * belongs to the provider's repository: every tenant may read it, but for the keys.
 */
export class Releases1763730000000 implements MigrationInterface {
  readonly name = 'Releases1763730000000';

  async up(runner: QueryRunner): Promise<void> {
    const owner = 'tenant_id uuid references tenants (id) on delete cascade';
    const statements = [
      `create table tuf_repositories (
        id uuid not null default gen_random_uuid(),
        ${owner},
        bin_bits integer not null,
        keys bytea not null,
        root_version integer not null,
        root_expires_at timestamptz(3) not null,
        snapshot_version bigint not null,
        snapshot_expires_at timestamptz(3) not null,
        timestamp_version bigint not null,
        timestamp_expires_at timestamptz(3) not null,
        created_at timestamptz(3) not null default now(),
        constraint tuf_repositories_pkey primary key (id),
        constraint tuf_repositories_owner_key unique nulls not distinct (tenant_id)
      )`,
      ...fenceTable('tuf_repositories', 'tenant-or-provider'),
      ...grantTable('tuf_repositories'),

      `create table tuf_lists (
        ${owner},
        role text not null,
        version bigint not null,
        length integer not null,
        sha256 text not null,
        expires_at timestamptz(3) not null,
        constraint tuf_lists_key unique nulls not distinct (tenant_id, role)
      )`,
      ...fenceTable('tuf_lists', 'tenant-or-shared'),
      ...grantTable('tuf_lists'),

      `create table tuf_targets (
        ${owner},
        path text not null,
        role text not null,
        version text not null,
        length bigint not null,
        sha256 text not null,
        listed_at timestamptz(3) not null default now(),
        constraint tuf_targets_key unique nulls not distinct (tenant_id, path)
      )`,
      `create index tuf_targets_role_idx on tuf_targets (tenant_id, role)`,
      ...fenceTable('tuf_targets', 'tenant-or-shared'),
      ...grantTable('tuf_targets'),

      `create table tuf_metadata (
        ${owner},
        name text not null,
        role text not null,
        version bigint not null,
        sha256 text not null,
        body bytea not null,
        created_at timestamptz(3) not null default now(),
        constraint tuf_metadata_key unique nulls not distinct (tenant_id, name)
      )`,
      `create index tuf_metadata_age_idx on tuf_metadata (tenant_id, created_at)`,
      ...fenceTable('tuf_metadata', 'tenant-or-shared'),
      ...grantTable('tuf_metadata'),

      `create table content_chunks (
        ${owner},
        blob_sha256 text not null,
        index integer not null,
        sha256 text not null,
        body bytea not null,
        created_at timestamptz(3) not null default now(),
        constraint content_chunks_key unique nulls not distinct (tenant_id, blob_sha256, index)
      )`,
      // Policies and packs are small or already dense: reading a chunk must not cost a decompression.
      `alter table content_chunks alter column body set storage external`,
      ...fenceTable('content_chunks', 'tenant-or-shared'),
      ...grantTable('content_chunks'),

      `create table signature_packs (
        id uuid not null default gen_random_uuid(),
        name text not null,
        pack_version text not null,
        path text not null,
        length bigint not null,
        sha256 text not null,
        files integer not null,
        created_at timestamptz(3) not null default now(),
        created_by text not null,
        constraint signature_packs_pkey primary key (id),
        constraint signature_packs_name_version_key unique (name, pack_version)
      )`,
      `create index signature_packs_age_idx on signature_packs (created_at, id)`,
      ...grantTable('signature_packs', 'select, insert'),

      `create table state_keys (
        key_id text not null,
        public_key_pem text not null,
        private_key bytea not null,
        created_at timestamptz(3) not null default now(),
        constraint state_keys_pkey primary key (key_id)
      )`,
      ...grantTable('state_keys', 'select, insert'),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = ['state_keys', 'signature_packs', 'content_chunks', 'tuf_metadata', 'tuf_targets', 'tuf_lists', 'tuf_repositories'];
    for (const table of tables) await runner.query(`drop table ${table}`);
  }
}
