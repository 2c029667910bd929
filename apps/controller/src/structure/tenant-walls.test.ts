import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RestClient } from '@phalanx/testing';
import pg from 'pg';
import { appRoleUrl } from '../platform/db/app-role.js';
import { Envelope } from '../platform/crypto/envelope.js';
import { loadMasterKey } from '../platform/crypto/master-key.js';
import { seedTwoTenants, type Seed } from '../testing/seed-two-tenants.js';
import { startController, type TestController } from '../testing/start-controller.js';

interface Relation {
  readonly name: string;
  readonly kind: 'r' | 'p' | 'v' | 'm';
  readonly isPartition: boolean;
  readonly fenced: boolean;
  readonly forced: boolean;
  readonly policies: number;
  readonly options: readonly string[] | null;
  readonly hasTenant: boolean;
  readonly appRights: string;
}

const RELATIONS = `
  select c.relname as name, c.relkind as kind, c.relispartition as "isPartition", c.relrowsecurity as fenced, c.relforcerowsecurity as forced,
         (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies, c.reloptions as options,
         exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as "hasTenant",
         concat_ws(',', case when has_table_privilege('phalanx_app', c.oid, 'select') then 'select' end,
                        case when has_table_privilege('phalanx_app', c.oid, 'insert') then 'insert' end,
                        case when has_table_privilege('phalanx_app', c.oid, 'update') then 'update' end,
                        case when has_table_privilege('phalanx_app', c.oid, 'delete') then 'delete' end,
                        case when has_table_privilege('phalanx_app', c.oid, 'truncate') then 'truncate' end) as "appRights"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm')`;

/** Tables with `tenant_id` that hold ids only and are read by the program's own loops, never by a caller. */
const UNFENCED: readonly string[] = ['changes'];

describe('the walls between tenants', () => {
  let controller: TestController;
  let seed: Seed;
  let owner: pg.Client;
  let app: pg.Client;
  let relations: Relation[];

  beforeAll(async () => {
    controller = await startController();
    seed = await seedTwoTenants(await RestClient.signIn(controller.url, 'admin', 'correct horse battery'));
    owner = new pg.Client({ connectionString: controller.postgres.ownerUrl });
    app = new pg.Client({
      connectionString: appRoleUrl(controller.postgres.ownerUrl, new Envelope(loadMasterKey(controller.home, undefined))),
    });
    await Promise.all([owner.connect(), app.connect()]);
    // Partitions made at run time, by the application's own role.
    await app.query(`select ensure_partition(parent, now()), ensure_partition(parent, now() + interval '40 days') from partition_plans`);
    relations = (await owner.query<Relation>(RELATIONS)).rows;
  }, 60_000);

  afterAll(async () => {
    await owner?.end();
    await app?.end();
    await controller?.stop();
  });

  // A partition without a policy of its own is closed to all: rows are reached through its table.
  it('stand around every table and partition that knows a tenant', () => {
    const open = relations.filter(
      (r) => r.hasTenant && r.kind !== 'v' && !UNFENCED.includes(r.name) && !(r.fenced && r.forced && (r.isPartition || r.policies > 0)),
    );
    expect(open.map((r) => r.name)).toEqual([]);
    expect(relations.filter((r) => r.hasTenant).length).toBeGreaterThan(15);
  });

  it('leave the application no way to a partition but through its table', () => {
    expect(relations.filter((r) => r.isPartition).length).toBeGreaterThan(0);
    expect(relations.filter((r) => r.isPartition && r.appRights !== '').map((r) => r.name)).toEqual([]);
  });

  it('hold for views, which run with the rights of who asks', () => {
    const careless = relations.filter((r) => r.kind === 'm' || (r.kind === 'v' && !r.options?.includes('security_invoker=true')));
    expect(careless.map((r) => r.name)).toEqual([]);
  });

  it('can’t be lowered by the application’s role', async () => {
    const { rows } = await owner.query<{ rolsuper: boolean; rolbypassrls: boolean; rolcreaterole: boolean; rolcreatedb: boolean }>(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = 'phalanx_app'`,
    );
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false }]);
    expect(relations.filter((r) => r.appRights.includes('truncate')).map((r) => r.name)).toEqual([]);
    const { rows: owned } = await owner.query(`select relname from pg_class where relowner = 'phalanx_app'::regrole`);
    expect(owned).toEqual([]);
    await expect(app.query('alter table tenants disable row level security')).rejects.toThrow(/must be owner/);
    const { rows: careless } = await owner.query<{ proname: string }>(
      `select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'public' and prosecdef and not coalesce(array_to_string(proconfig, ',') like '%search_path=%', false)`,
    );
    expect(careless).toEqual([]);
  });

  it('let SQL for one tenant see no row of another, on every table', async () => {
    const readable = relations.filter((r) => r.hasTenant && !r.isPartition && r.appRights.includes('select') && !UNFENCED.includes(r.name));
    let filled = 0;
    for (const relation of readable) {
      const all = await owner.query<{ n: number }>(`select count(*)::int as n from ${relation.name} where tenant_id = $1`, [
        seed.b.tenantId,
      ]);
      if (all.rows[0]!.n > 0) filled++;
      for (const tenants of [`{${seed.a.tenantId}}`, '{}', '']) {
        await app.query('begin');
        await app.query(`select set_config('app.tenants', $1, true)`, [tenants]);
        const { rows } = await app.query<{ n: number }>(`select count(*)::int as n from ${relation.name} where tenant_id = $1`, [
          seed.b.tenantId,
        ]);
        await app.query('rollback');
        expect([relation.name, tenants, rows[0]!.n]).toEqual([relation.name, tenants, 0]);
      }
    }
    // The check is worth something only where there is something to hide.
    expect(filled).toBeGreaterThanOrEqual(6);
  });

  it('refuse to write a row for another tenant, on every table', async () => {
    const writable = relations.filter((r) => r.hasTenant && !r.isPartition && r.appRights.includes('update') && !UNFENCED.includes(r.name));
    for (const relation of writable) {
      await app.query('begin');
      await app.query(`select set_config('app.tenants', $1, true)`, [`{${seed.a.tenantId}}`]);
      const moved = await app
        .query(`update ${relation.name} set tenant_id = $1 where tenant_id = $2`, [seed.b.tenantId, seed.a.tenantId])
        .then(
          (result) => result.rowCount ?? 0,
          (error: Error) => error.message,
        );
      await app.query('rollback');
      const refused = moved === 0 || (typeof moved === 'string' && /row-level security|permission denied/.test(moved));
      expect([relation.name, refused ? 'refused' : moved]).toEqual([relation.name, 'refused']);
    }
  });
});
