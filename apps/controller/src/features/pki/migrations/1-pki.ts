import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grantTable } from '../../../platform/db/rls.js';

/** Keys and certificates of the provider's own, keys sealed; and which serials are revoked. Neither belongs to a tenant. */
export class Pki1763720000000 implements MigrationInterface {
  readonly name = 'Pki1763720000000';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      `create table pki_keypairs (
        name text not null,
        certificate_pem text not null,
        sealed_key bytea not null,
        hosts text[] not null default '{}',
        not_before timestamptz(3) not null,
        not_after timestamptz(3) not null,
        constraint pki_keypairs_pkey primary key (name)
      )`,
      ...grantTable('pki_keypairs'),
      `create table pki_revocations (
        serial text not null,
        reason text not null,
        revoked_at timestamptz(3) not null default now(),
        not_after timestamptz(3) not null,
        constraint pki_revocations_pkey primary key (serial),
        constraint pki_revocations_reason_check check (reason in ('revoked', 'superseded', 'hold'))
      )`,
      ...grantTable('pki_revocations'),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table pki_revocations');
    await runner.query('drop table pki_keypairs');
  }
}
