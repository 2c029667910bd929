import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable, grantTable } from '../../../platform/db/rls.js';

/** Protected web services, each on one cluster. */
export class Applications1763710000300 implements MigrationInterface {
  readonly name = 'Applications1763710000300';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      `create table applications (
        id uuid not null default gen_random_uuid(),
        tenant_id uuid not null,
        cluster_id uuid not null,
        name text not null,
        hosts text[] not null,
        listen_port integer not null,
        upstream jsonb not null,
        created_at timestamptz(3) not null default now(),
        revision integer not null default 1,
        constraint applications_pkey primary key (id),
        constraint applications_tenant_id_id_key unique (tenant_id, id),
        constraint applications_cluster_id_name_key unique (cluster_id, name),
        constraint applications_cluster_fkey foreign key (tenant_id, cluster_id) references clusters (tenant_id, id)
      )`,
      `create index applications_name_idx on applications (name, id)`,
      ...fenceTable('applications'),
      ...grantTable('applications'),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table applications');
  }
}
