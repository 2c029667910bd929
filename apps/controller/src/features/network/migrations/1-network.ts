import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable, grantTable } from '../../../platform/db/rls.js';

/** Network policies of clusters with all their versions. */
export class Network1763790000200 implements MigrationInterface {
  readonly name = 'Network1763790000200';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      // A policy that was taken away keeps its versions: `active` says whether the newest is in force.
      `create table network_policies (
        cluster_id uuid not null,
        tenant_id uuid not null,
        version integer not null,
        active boolean not null,
        constraint network_policies_pkey primary key (cluster_id),
        constraint network_policies_cluster_fkey foreign key (tenant_id, cluster_id)
          references clusters (tenant_id, id) on delete cascade
      )`,
      ...fenceTable('network_policies'),
      ...grantTable('network_policies', 'select, insert, update'),

      `create table network_policy_versions (
        cluster_id uuid not null,
        version integer not null,
        tenant_id uuid not null,
        digest text not null,
        policy jsonb not null,
        members jsonb not null,
        comment text not null,
        created_at timestamptz(3) not null default now(),
        created_by text not null,
        constraint network_policy_versions_pkey primary key (cluster_id, version),
        constraint network_policy_versions_policy_fkey foreign key (cluster_id) references network_policies (cluster_id) on delete cascade
      )`,
      ...fenceTable('network_policy_versions'),
      // A version is never changed; it goes only with its cluster.
      ...grantTable('network_policy_versions', 'select, insert'),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['network_policy_versions', 'network_policies']) await runner.query(`drop table ${table}`);
  }
}
