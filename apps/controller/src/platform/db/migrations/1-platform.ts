import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of the platform itself: the outbox and the idempotency records. The role `phalanx_app` exists before (see `migrate`). */
export class Platform1763700000000 implements MigrationInterface {
  readonly name = 'Platform1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('revoke create on schema public from public');
    await runner.query(`create table changes (
      id bigint generated always as identity primary key,
      topic text not null,
      tenant_id uuid not null,
      payload jsonb not null,
      attempts int not null default 0,
      not_before timestamptz not null default now(),
      created_at timestamptz not null default now()
    )`);
    await runner.query('create unique index changes_waiting on changes (topic, tenant_id, payload) where attempts = 0');
    await runner.query('create index changes_due on changes (topic, not_before)');
    await runner.query('grant select, insert, update, delete on changes to phalanx_app');
    await runner.query(`create table idempotency_keys (
      owner_id uuid not null,
      key text not null,
      fingerprint text not null,
      answer bytea not null,
      created_at timestamptz not null default now(),
      primary key (owner_id, key)
    )`);
    await runner.query('create index idempotency_keys_age on idempotency_keys (created_at)');
    await runner.query('grant select, insert, delete on idempotency_keys to phalanx_app');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table idempotency_keys');
    await runner.query('drop table changes');
  }
}
