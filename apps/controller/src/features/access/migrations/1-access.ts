import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable, grantTable } from '../../../platform/db/rls.js';

/** Operators, what they may do where, their sessions and tokens, and the counters of failed sign-ins. */
export class Access1763710000500 implements MigrationInterface {
  readonly name = 'Access1763710000500';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      `create table operators (
        id uuid not null default gen_random_uuid(),
        username text not null,
        display_name text not null,
        password_hash text not null,
        disabled boolean not null default false,
        last_login_at timestamptz(3),
        created_at timestamptz(3) not null default now(),
        revision integer not null default 1,
        constraint operators_pkey primary key (id),
        constraint operators_username_key unique (username)
      )`,
      ...grantTable('operators', 'select, insert, update'),

      `create table role_bindings (
        id uuid not null default gen_random_uuid(),
        operator_id uuid not null,
        role text not null,
        tenant_id uuid,
        constraint role_bindings_pkey primary key (id),
        constraint role_bindings_role_check check (role in ('owner', 'operator', 'analyst', 'auditor', 'tenant-admin', 'tenant-viewer')),
        constraint role_bindings_operator_fkey foreign key (operator_id) references operators (id) on delete cascade,
        constraint role_bindings_tenant_fkey foreign key (tenant_id) references tenants (id) on delete cascade
      )`,
      `create unique index role_bindings_tenant_key on role_bindings (operator_id, role, tenant_id) where tenant_id is not null`,
      `create unique index role_bindings_all_key on role_bindings (operator_id, role) where tenant_id is null`,
      ...fenceTable('role_bindings', 'tenant-or-provider'),
      ...grantTable('role_bindings', 'select, insert, delete'),
      // Who signs in has no tenants yet: they follow from these rows.
      `create policy owner_reads on role_bindings for select to current_user using (true)`,
      `create function operator_bindings(operator uuid) returns table (role text, tenant_id uuid)
        language sql stable security definer set search_path = public, pg_temp
        as 'select b.role, b.tenant_id from role_bindings b where b.operator_id = operator order by b.role, b.tenant_id'`,
      `revoke all on function operator_bindings(uuid) from public`,
      `grant execute on function operator_bindings(uuid) to phalanx_app`,

      `create table sessions (
        id uuid not null default gen_random_uuid(),
        operator_id uuid not null,
        token_hash text not null,
        created_at timestamptz(3) not null default now(),
        last_used_at timestamptz(3) not null default now(),
        expires_at timestamptz(3) not null,
        constraint sessions_pkey primary key (id),
        constraint sessions_token_hash_key unique (token_hash),
        constraint sessions_operator_fkey foreign key (operator_id) references operators (id) on delete cascade
      )`,
      `create index sessions_operator_id_idx on sessions (operator_id)`,
      ...grantTable('sessions'),

      `create table api_tokens (
        id uuid not null default gen_random_uuid(),
        operator_id uuid not null,
        name text not null,
        token_hash text not null,
        permissions text[] not null,
        tenant_ids uuid[],
        created_at timestamptz(3) not null default now(),
        expires_at timestamptz(3) not null,
        last_used_at timestamptz(3),
        revoked_at timestamptz(3),
        constraint api_tokens_pkey primary key (id),
        constraint api_tokens_token_hash_key unique (token_hash),
        constraint api_tokens_operator_fkey foreign key (operator_id) references operators (id) on delete cascade
      )`,
      `create index api_tokens_operator_id_idx on api_tokens (operator_id)`,
      ...grantTable('api_tokens', 'select, insert, update'),

      `create table login_attempts (
        key text not null,
        failures integer not null,
        window_ends_at timestamptz(3) not null,
        constraint login_attempts_pkey primary key (key)
      )`,
      ...grantTable('login_attempts'),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function operator_bindings(uuid)');
    for (const table of ['login_attempts', 'api_tokens', 'sessions', 'role_bindings', 'operators'])
      await runner.query(`drop table ${table}`);
  }
}
