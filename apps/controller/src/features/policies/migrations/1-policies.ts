import { randomUUID } from 'node:crypto';
import { digestOf } from '@phalanx/kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable, grantTable } from '../../../platform/db/rls.js';

/** Policies with all their versions, and what they come to for each application. The provider's empty baseline is version 1. */
export class Policies1763710000400 implements MigrationInterface {
  readonly name = 'Policies1763710000400';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      `create table policies (
        id uuid not null default gen_random_uuid(),
        scope text not null,
        tenant_id uuid,
        application_id uuid,
        version integer not null,
        constraint policies_pkey primary key (id),
        constraint policies_scope_check check (
          (scope = 'provider' and tenant_id is null and application_id is null) or
          (scope = 'tenant' and tenant_id is not null and application_id is null) or
          (scope = 'application' and tenant_id is not null and application_id is not null)
        ),
        constraint policies_tenant_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
        constraint policies_application_fkey foreign key (tenant_id, application_id)
          references applications (tenant_id, id) on delete cascade
      )`,
      `create unique index policies_provider_key on policies (scope) where scope = 'provider'`,
      `create unique index policies_tenant_key on policies (tenant_id) where scope = 'tenant'`,
      `create unique index policies_application_key on policies (application_id) where scope = 'application'`,
      ...fenceTable('policies', 'tenant-or-shared'),
      ...grantTable('policies'),

      `create table policy_versions (
        policy_id uuid not null,
        tenant_id uuid,
        version integer not null,
        digest text not null,
        document jsonb not null,
        comment text not null,
        created_at timestamptz(3) not null default now(),
        created_by text not null,
        constraint policy_versions_pkey primary key (policy_id, version),
        constraint policy_versions_policy_fkey foreign key (policy_id) references policies (id) on delete cascade
      )`,
      ...fenceTable('policy_versions', 'tenant-or-shared'),
      // A version is never changed; it goes only with its policy.
      ...grantTable('policy_versions', 'select, insert'),

      `create table effective_policies (
        application_id uuid not null,
        version integer not null,
        tenant_id uuid not null,
        digest text not null,
        settings jsonb not null,
        origin jsonb not null,
        locks jsonb not null,
        computed_at timestamptz(3) not null default now(),
        superseded_at timestamptz(3),
        constraint effective_policies_pkey primary key (application_id, version),
        constraint effective_policies_application_fkey foreign key (tenant_id, application_id)
          references applications (tenant_id, id) on delete cascade
      )`,
      `create unique index effective_policies_current_key on effective_policies (application_id) where superseded_at is null`,
      ...fenceTable('effective_policies'),
      ...grantTable('effective_policies', 'select, insert, update'),
    ];
    for (const statement of statements) await runner.query(statement);
    await this.seedBaseline(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['effective_policies', 'policy_versions', 'policies']) await runner.query(`drop table ${table}`);
  }

  private async seedBaseline(runner: QueryRunner): Promise<void> {
    const id = randomUUID();
    const document = { settings: {}, locks: [] };
    await runner.query(`select set_config('app.provider', 'on', true)`);
    await runner.query(`insert into policies (id, scope, version) values ($1, 'provider', 1)`, [id]);
    await runner.query(
      `insert into policy_versions (policy_id, version, digest, document, comment, created_by)
       values ($1, 1, $2, $3, 'The empty baseline', 'system')`,
      [id, digestOf(document), JSON.stringify(document)],
    );
    await runner.query(`select set_config('app.provider', 'off', true)`);
  }
}
