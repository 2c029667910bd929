import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable, grantTable } from '../../../platform/db/rls.js';

/** Events of boxes, what was acknowledged of each stream, what could not be stored, and sums per minute. */
export class Events1763740000100 implements MigrationInterface {
  readonly name = 'Events1763740000100';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      // `body` is the event as the box wrote it; the columns before it repeat what lists are filtered by. `count` is the true one:
      // further refusals of a folded event are added to it.
      `create table events (
        id uuid not null,
        tenant_id uuid not null,
        appliance_id uuid not null,
        stream uuid not null,
        position bigint not null,
        occurred_at timestamptz(3) not null,
        received_at timestamptz(3) not null,
        box_time timestamptz(3) not null,
        kind text not null,
        action text,
        application_id uuid,
        source text,
        request_id text,
        rule_ids bigint[] not null,
        count bigint not null,
        body jsonb not null,
        constraint events_pkey primary key (id, occurred_at)
      ) partition by range (occurred_at)`,
      `create index events_tenant_idx on events (tenant_id, occurred_at, id)`,
      `create index events_appliance_idx on events (appliance_id, occurred_at, id)`,
      `create index events_request_id_idx on events (request_id) where request_id is not null`,
      ...fenceTable('events'),
      ...grantTable('events', 'select, insert, update (count)'),

      `create table event_ledger (
        tenant_id uuid not null,
        appliance_id uuid not null,
        stream uuid not null,
        next bigint not null,
        updated_at timestamptz(3) not null default now(),
        finished boolean not null default false,
        constraint event_ledger_pkey primary key (appliance_id, stream)
      )`,
      `create index event_ledger_updated_at_idx on event_ledger (finished, updated_at)`,
      ...fenceTable('event_ledger'),
      ...grantTable('event_ledger'),

      `create table event_rollups (
        tenant_id uuid not null,
        appliance_id uuid not null,
        application_id uuid,
        minute timestamptz(0) not null,
        blocked bigint not null,
        detected bigint not null,
        passed bigint not null,
        lost bigint not null,
        constraint event_rollups_key unique nulls not distinct (appliance_id, minute, application_id)
      ) partition by range (minute)`,
      `create index event_rollups_tenant_idx on event_rollups (tenant_id, minute)`,
      ...fenceTable('event_rollups'),
      ...grantTable('event_rollups', 'select, insert, update'),

      `create table dead_letters (
        id uuid not null default gen_random_uuid(),
        tenant_id uuid not null,
        appliance_id uuid not null,
        stream uuid,
        position bigint,
        received_at timestamptz(3) not null,
        reason text not null,
        count bigint not null,
        payload text not null,
        constraint dead_letters_pkey primary key (received_at, id)
      ) partition by range (received_at)`,
      `create index dead_letters_tenant_idx on dead_letters (tenant_id, received_at, id)`,
      ...fenceTable('dead_letters'),
      ...grantTable('dead_letters', 'select, insert'),

      `insert into partition_plans (parent, unit) values ('events', 'day'), ('event_rollups', 'month'), ('dead_letters', 'day')`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`delete from partition_plans where parent in ('events', 'event_rollups', 'dead_letters')`);
    for (const table of ['dead_letters', 'event_rollups', 'event_ledger', 'events']) await runner.query(`drop table ${table}`);
  }
}
