import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable, grantTable } from '../../../platform/db/rls.js';

/** Tenants, their sites and the clusters at them. Composite foreign keys keep a row from hanging below another tenant's. */
export class Tenants1763710000100 implements MigrationInterface {
  readonly name = 'Tenants1763710000100';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      `create table tenants (
        id uuid not null default gen_random_uuid(),
        name text not null,
        slug text not null,
        created_at timestamptz(3) not null default now(),
        revision integer not null default 1,
        constraint tenants_pkey primary key (id),
        constraint tenants_slug_key unique (slug)
      )`,
      `create index tenants_name_idx on tenants (name, id)`,
      ...fenceTable('tenants', 'tenant', 'id'),
      ...grantTable('tenants'),
      // The owner is fenced too unless it is a superuser, and the function below runs as the owner.
      `create policy owner_lists on tenants for select to current_user using (true)`,
      `create function all_tenant_ids() returns setof uuid language sql stable security definer set search_path = public, pg_temp
        as 'select id from tenants order by id'`,
      `revoke all on function all_tenant_ids() from public`,
      `grant execute on function all_tenant_ids() to phalanx_app`,

      `create table sites (
        id uuid not null default gen_random_uuid(),
        tenant_id uuid not null,
        name text not null,
        time_zone text not null,
        created_at timestamptz(3) not null default now(),
        revision integer not null default 1,
        constraint sites_pkey primary key (id),
        constraint sites_tenant_id_id_key unique (tenant_id, id),
        constraint sites_tenant_id_name_key unique (tenant_id, name),
        constraint sites_tenant_id_fkey foreign key (tenant_id) references tenants (id)
      )`,
      `create index sites_name_idx on sites (name, id)`,
      ...fenceTable('sites'),
      ...grantTable('sites'),

      `create table clusters (
        id uuid not null default gen_random_uuid(),
        tenant_id uuid not null,
        site_id uuid not null,
        name text not null,
        kind text not null,
        created_at timestamptz(3) not null default now(),
        revision integer not null default 1,
        constraint clusters_pkey primary key (id),
        constraint clusters_tenant_id_id_key unique (tenant_id, id),
        constraint clusters_site_id_name_key unique (site_id, name),
        constraint clusters_kind_check check (kind in ('single', 'pair')),
        constraint clusters_site_fkey foreign key (tenant_id, site_id) references sites (tenant_id, id)
      )`,
      `create index clusters_name_idx on clusters (name, id)`,
      ...fenceTable('clusters'),
      ...grantTable('clusters'),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['clusters', 'sites', 'tenants']) await runner.query(`drop table ${table}`);
    await runner.query('drop function all_tenant_ids()');
  }
}
