import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fenceTable } from '../../../platform/db/rls.js';

/**
 * The trail. A row is sealed into the chain by a deferred trigger: the lock that keeps the chain single is taken at the commit
 * itself, so that changes of different tenants wait for each other no longer than that.
 * `hash` = hex SHA-256 over the hash before, a line feed, and the entry as canonical JSON (RFC 8785).
 */
export class Audit1763710000600 implements MigrationInterface {
  readonly name = 'Audit1763710000600';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      `create table audit_entries (
        id uuid not null default gen_random_uuid(),
        sequence bigint,
        tenant_id uuid,
        at timestamptz(3) not null default clock_timestamp(),
        actor text not null,
        action text not null,
        subject text not null,
        outcome text not null,
        details text not null,
        hash text,
        constraint audit_entries_pkey primary key (id),
        constraint audit_entries_sequence_key unique (sequence),
        constraint audit_entries_outcome_check check (outcome in ('done', 'refused'))
      )`,
      ...fenceTable('audit_entries', 'tenant-or-provider'),
      `grant select, insert (id, tenant_id, actor, action, subject, outcome, details) on audit_entries to phalanx_app`,
      // The functions below run as the owner, which is fenced too unless it is a superuser.
      `create policy owner_reads on audit_entries for select to current_user using (true)`,
      `create policy owner_seals on audit_entries for update to current_user using (sequence is null) with check (true)`,

      // Where the chain ends: the cut-off tail of a trail would otherwise not be missed.
      `create table audit_head (
        id boolean not null default true,
        sequence bigint not null,
        hash text not null,
        constraint audit_head_pkey primary key (id),
        constraint audit_head_one_row check (id)
      )`,
      `insert into audit_head (sequence, hash) values (0, repeat('0', 64))`,

      `create function audit_canonical(entry audit_entries) returns text language sql stable set search_path = public, pg_temp as $$
        select '{"action":' || to_json(entry.action)::text
          || ',"actor":' || to_json(entry.actor)::text
          || ',"at":"' || to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
          || '","details":' || entry.details
          || ',"id":"' || entry.id
          || '","outcome":"' || entry.outcome
          || '","sequence":' || entry.sequence
          || ',"subject":' || to_json(entry.subject)::text
          || ',"tenantId":' || coalesce('"' || entry.tenant_id || '"', 'null') || '}'
      $$`,
      `create function audit_hash(previous text, entry audit_entries) returns text language sql stable set search_path = public, pg_temp as $$
        select encode(sha256(convert_to(previous || E'\\n' || audit_canonical(entry), 'UTF8')), 'hex')
      $$`,
      `create function audit_seal() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
        declare
          head audit_head;
          entry audit_entries := new;
        begin
          perform pg_advisory_xact_lock(hashtextextended('audit_entries', 0));
          select * into strict head from audit_head;
          entry.sequence := head.sequence + 1;
          entry.hash := audit_hash(head.hash, entry);
          update audit_entries set sequence = entry.sequence, hash = entry.hash where id = entry.id;
          update audit_head set sequence = entry.sequence, hash = entry.hash;
          return null;
        end
      $$`,
      `create constraint trigger audit_seal after insert on audit_entries deferrable initially deferred
        for each row execute function audit_seal()`,

      // The caller's fence hides other tenants' entries, the chain runs through all of them: this tells the outcome alone.
      `create function audit_verification() returns table (entries bigint, broken_at bigint, head text)
        language sql stable security definer set search_path = public, pg_temp as $$
        with chain as (
          select e.sequence, e.hash, audit_hash(coalesce(lag(e.hash) over by_sequence, repeat('0', 64)), e) as expected,
                 coalesce(lag(e.sequence) over by_sequence, 0) + 1 as due
          from audit_entries e
          where e.sequence is not null
          window by_sequence as (order by e.sequence)
        ), faults as (
          select due as place from chain where sequence <> due
          union all select sequence from chain where hash is distinct from expected
          union all
          select coalesce(tip.sequence, 0) + 1 from audit_head h
            left join lateral (select c.sequence, c.hash from chain c order by c.sequence desc limit 1) tip on true
            where h.sequence <> coalesce(tip.sequence, 0) or h.hash <> coalesce(tip.hash, repeat('0', 64))
        )
        select (select count(*) from chain), (select min(place) from faults), (select h.hash from audit_head h)
      $$`,
      `revoke all on function audit_seal(), audit_verification() from public`,
      `grant execute on function audit_verification() to phalanx_app`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function audit_verification()');
    await runner.query('drop table audit_entries cascade');
    await runner.query('drop table audit_head');
    await runner.query('drop function audit_seal()');
  }
}
