import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable, grantTable } from '../../../platform/db/rls.js';

/** TLS certificates of applications with their keys. What is secret stands sealed in `sealed`, the rest is for showing. */
export class Secrets1763720000200 implements MigrationInterface {
  readonly name = 'Secrets1763720000200';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      `create table secrets (
        id uuid not null default gen_random_uuid(),
        tenant_id uuid not null,
        name text not null,
        kind text not null,
        sealed bytea not null,
        fingerprint text not null,
        subjects text[] not null,
        not_after timestamptz(3),
        created_at timestamptz(3) not null default now(),
        constraint secrets_pkey primary key (id),
        constraint secrets_tenant_id_name_key unique (tenant_id, name),
        constraint secrets_kind_check check (kind in ('tls-certificate')),
        constraint secrets_tenant_fkey foreign key (tenant_id) references tenants (id)
      )`,
      `create index secrets_created_at_idx on secrets (created_at desc, id desc)`,
      ...fenceTable('secrets'),
      ...grantTable('secrets', 'select, insert, delete'),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table secrets');
  }
}
