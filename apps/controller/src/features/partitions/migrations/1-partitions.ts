import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Functions by which the application role, which owns no table, gets partitions made and dropped. They run as the owner and take
 * only tables that are registered in `partition_plans`.
 */
export class Partitions1763740000000 implements MigrationInterface {
  readonly name = 'Partitions1763740000000';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      `create table partition_plans (
        parent text not null,
        unit text not null,
        constraint partition_plans_pkey primary key (parent),
        constraint partition_plans_unit_check check (unit in ('day', 'month'))
      )`,
      `grant select on partition_plans to phalanx_app`,

      // A partition is made apart and then attached: attaching does not lock out readers and writers of the others.
      // It is fenced like its parent and gets neither policies nor grants, so that nobody reads it directly.
      `create function ensure_partition(wanted_parent text, wanted_at timestamptz) returns text
        language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
        declare
          span text;
          low timestamptz;
          child text;
        begin
          select unit into span from partition_plans where parent = wanted_parent;
          if span is null then raise exception 'no partition plan for %', wanted_parent using errcode = 'invalid_parameter_value'; end if;
          if wanted_at < now() - interval '800 days' or wanted_at > now() + interval '70 days' then
            raise exception 'no partition is made for %', wanted_at using errcode = 'invalid_parameter_value';
          end if;
          low := date_trunc(span, wanted_at);
          child := wanted_parent || '_' || to_char(low, 'YYYYMMDD');
          if to_regclass(quote_ident(child)) is not null then return child; end if;
          perform pg_advisory_xact_lock(hashtextextended(child, 0));
          if to_regclass(quote_ident(child)) is not null then return child; end if;
          execute format('create table %I (like %I including all)', child, wanted_parent);
          execute format('alter table %I enable row level security', child);
          execute format('alter table %I force row level security', child);
          execute format('alter table %I attach partition %I for values from (%L) to (%L)',
            wanted_parent, child, low, low + ('1 ' || span)::interval);
          return child;
        end
      $$`,

      // Never anything younger than two days, whatever is asked for.
      `create function drop_partitions(wanted_parent text, before timestamptz) returns setof text
        language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' set lock_timeout = '3s' as $$
        declare
          span text;
          child text;
        begin
          select unit into span from partition_plans where parent = wanted_parent;
          if span is null then raise exception 'no partition plan for %', wanted_parent using errcode = 'invalid_parameter_value'; end if;
          for child in
            select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
             where i.inhparent = to_regclass(quote_ident(wanted_parent)) order by c.relname
          loop
            if to_date(right(child, 8), 'YYYYMMDD') + ('1 ' || span)::interval <= least(before, now() - interval '2 days') then
              execute format('drop table %I', child);
              return next child;
            end if;
          end loop;
        end
      $$`,
      `revoke all on function ensure_partition(text, timestamptz), drop_partitions(text, timestamptz) from public`,
      `grant execute on function ensure_partition(text, timestamptz), drop_partitions(text, timestamptz) to phalanx_app`,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function ensure_partition(text, timestamptz), drop_partitions(text, timestamptz)');
    await runner.query('drop table partition_plans');
  }
}
