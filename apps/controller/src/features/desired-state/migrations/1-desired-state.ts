import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable, grantTable } from '../../../platform/db/rls.js';

/** Desired, sent and applied of each box, in columns of their own, and which signature pack runs where. */
export class DesiredState1763730000100 implements MigrationInterface {
  readonly name = 'DesiredState1763730000100';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      `create table desired_states (
        appliance_id uuid not null,
        tenant_id uuid not null,
        epoch integer not null default 1,
        generation integer not null default 0,
        document text,
        sent_epoch integer,
        sent_generation integer,
        sent_at timestamptz(3),
        announce_at timestamptz(3),
        announce_attempts integer not null default 0,
        reported_epoch integer,
        reported_generation integer,
        reported_revision bigint,
        reported_enrolment uuid,
        former_enrolments uuid[] not null default '{}',
        reported_at timestamptz(3),
        has_trusted_time boolean not null default true,
        workers_wanted integer not null default 0,
        workers jsonb not null default '[]',
        constraint desired_states_pkey primary key (appliance_id),
        constraint desired_states_appliance_fkey foreign key (tenant_id, appliance_id)
          references appliances (tenant_id, id) on delete cascade
      )`,
      `create index desired_states_announce_idx on desired_states (announce_at) where announce_at is not null`,
      ...fenceTable('desired_states'),
      ...grantTable('desired_states'),

      `create table desired_facets (
        appliance_id uuid not null,
        tenant_id uuid not null,
        facet text not null,
        intent_sha256 text,
        desired jsonb,
        desired_at timestamptz(3),
        sent jsonb,
        sent_at timestamptz(3),
        applied jsonb,
        applied_at timestamptz(3),
        state text not null default 'absent',
        expected_digest text,
        rendered_digest text,
        reason text,
        constraint desired_facets_pkey primary key (appliance_id, facet),
        constraint desired_facets_state_check check (state in ('absent', 'pending', 'applied', 'failed', 'drifted')),
        constraint desired_facets_appliance_fkey foreign key (tenant_id, appliance_id)
          references appliances (tenant_id, id) on delete cascade
      )`,
      ...fenceTable('desired_facets'),
      ...grantTable('desired_facets'),

      `create table signature_assignments (
        id uuid not null default gen_random_uuid(),
        tenant_id uuid not null,
        cluster_id uuid,
        appliance_id uuid,
        pack_id uuid not null,
        assigned_at timestamptz(3) not null default now(),
        constraint signature_assignments_pkey primary key (id),
        constraint signature_assignments_place_check check (num_nonnulls(cluster_id, appliance_id) = 1),
        constraint signature_assignments_cluster_key unique (cluster_id),
        constraint signature_assignments_appliance_key unique (appliance_id),
        constraint signature_assignments_cluster_fkey foreign key (tenant_id, cluster_id)
          references clusters (tenant_id, id) on delete cascade,
        constraint signature_assignments_appliance_fkey foreign key (tenant_id, appliance_id)
          references appliances (tenant_id, id) on delete cascade,
        constraint signature_assignments_pack_fkey foreign key (pack_id) references signature_packs (id)
      )`,
      ...fenceTable('signature_assignments'),
      ...grantTable('signature_assignments'),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['signature_assignments', 'desired_facets', 'desired_states']) await runner.query(`drop table ${table}`);
  }
}
