import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable, grantTable } from '../../../platform/db/rls.js';

/** Claims and enrolments; and the lookups that come before a tenant is known, which give away no more than whose something is. */
export class Enrolment1763720000100 implements MigrationInterface {
  readonly name = 'Enrolment1763720000100';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      `create table enrolments (
        id uuid not null default gen_random_uuid(),
        tenant_id uuid not null,
        appliance_id uuid not null,
        serial text not null,
        state text not null,
        reason text,
        public_key_pem text not null,
        request_digest text not null,
        certificate_pem text,
        facts jsonb not null default '{}',
        issued_at timestamptz(3) not null default now(),
        not_after timestamptz(3) not null,
        first_connected_at timestamptz(3),
        revoked_at timestamptz(3),
        instance text,
        former_instances text[] not null default '{}',
        returns integer not null default 0,
        returned_at timestamptz(3),
        constraint enrolments_pkey primary key (id),
        constraint enrolments_serial_key unique (serial),
        constraint enrolments_state_check check (state in ('issued', 'active', 'superseded', 'quarantined', 'revoked')),
        constraint enrolments_appliance_fkey foreign key (tenant_id, appliance_id) references appliances (tenant_id, id) on delete cascade
      )`,
      `create index enrolments_appliance_id_idx on enrolments (appliance_id, state)`,
      `create index enrolments_issued_at_idx on enrolments (issued_at desc, id desc)`,
      ...fenceTable('enrolments'),
      ...grantTable('enrolments'),
      `create policy owner_reads on enrolments for select to current_user using (true)`,
      `create function enrolment_of(appliance uuid, certificate_serial text)
        returns table (id uuid, tenant_id uuid, state text, not_after timestamptz)
        language sql stable security definer set search_path = public, pg_temp
        as 'select e.id, e.tenant_id, e.state, e.not_after from enrolments e where e.appliance_id = appliance and e.serial = certificate_serial'`,
      `revoke all on function enrolment_of(uuid, text) from public`,
      `grant execute on function enrolment_of(uuid, text) to phalanx_app`,

      `create table enrolment_claims (
        id uuid not null default gen_random_uuid(),
        tenant_id uuid not null,
        appliance_id uuid not null,
        claim_hash text not null,
        created_at timestamptz(3) not null default now(),
        expires_at timestamptz(3) not null,
        used_at timestamptz(3),
        enrolment_id uuid,
        constraint enrolment_claims_pkey primary key (id),
        constraint enrolment_claims_claim_hash_key unique (claim_hash),
        constraint enrolment_claims_appliance_fkey foreign key (tenant_id, appliance_id)
          references appliances (tenant_id, id) on delete cascade,
        constraint enrolment_claims_enrolment_fkey foreign key (enrolment_id) references enrolments (id) on delete set null
      )`,
      `create index enrolment_claims_appliance_id_idx on enrolment_claims (appliance_id)`,
      ...fenceTable('enrolment_claims'),
      ...grantTable('enrolment_claims'),
      `create policy owner_reads on enrolment_claims for select to current_user using (true)`,
      `create function claim_tenant(hash text) returns uuid language sql stable security definer set search_path = public, pg_temp
        as 'select c.tenant_id from enrolment_claims c where c.claim_hash = hash'`,
      `revoke all on function claim_tenant(text) from public`,
      `grant execute on function claim_tenant(text) to phalanx_app`,

      // A box that is deleted, by whichever way, must not keep a certificate that the broker accepts.
      `create function revoke_deleted_enrolment() returns trigger language plpgsql set search_path = public, pg_temp as $$
        begin
          insert into pki_revocations (serial, reason, not_after) values (old.serial, 'revoked', old.not_after)
            on conflict (serial) do update set reason = 'revoked';
          if old.certificate_pem is not null and old.state in ('issued', 'active', 'quarantined') then
            insert into changes (topic, tenant_id, payload)
              values ('enrolment.cut', old.tenant_id, jsonb_build_object('applianceId', old.appliance_id, 'serial', old.serial))
              on conflict (topic, tenant_id, payload) where attempts = 0 do update set created_at = now();
            perform pg_notify('phalanx_changes', 'enrolment.cut');
            perform pg_notify('phalanx_enrolments', old.appliance_id || '.' || old.serial);
          end if;
          return old;
        end $$`,
      `create trigger enrolments_deleted after delete on enrolments for each row execute function revoke_deleted_enrolment()`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of [
      'drop function claim_tenant(text)',
      'drop table enrolment_claims',
      'drop function enrolment_of(uuid, text)',
      'drop table enrolments',
      'drop function revoke_deleted_enrolment()',
    ])
      await runner.query(statement);
  }
}
