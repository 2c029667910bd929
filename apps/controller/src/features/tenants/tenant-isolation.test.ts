import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApplianceView, ApplicationView, TenantView } from '@phalanx/contracts';
import { RestClient } from '@phalanx/testing';
import type pg from 'pg';
import { connectAsApplication, connectAsOwner, makeApplication, makeFleet, outcomeOf, PASSWORD } from '../../testing/fleet-fixture.js';
import { startController, type TestController } from '../../testing/start-controller.js';

/** Tables of the fleet's features, each with the column that names its tenant. */
const FENCED = [
  ['tenants', 'id'],
  ['sites', 'tenant_id'],
  ['clusters', 'tenant_id'],
  ['appliances', 'tenant_id'],
  ['appliance_status', 'tenant_id'],
  ['applications', 'tenant_id'],
  ['policies', 'tenant_id'],
  ['policy_versions', 'tenant_id'],
  ['effective_policies', 'tenant_id'],
  ['role_bindings', 'tenant_id'],
  ['audit_entries', 'tenant_id'],
] as const;
const SLUGS = ['one', 'two', 'three', 'four', 'five'];

describe('between tenants of the fleet', () => {
  let controller: TestController;
  let admin: RestClient;
  let owner: pg.Client;
  let app: pg.Client;
  const ids: string[] = [];

  beforeAll(async () => {
    controller = await startController();
    admin = await RestClient.signIn(controller.url, 'admin', PASSWORD);
    [owner, app] = [await connectAsOwner(controller), await connectAsApplication(controller)];
    for (const slug of SLUGS) {
      const { tenant, cluster } = await makeFleet(admin, slug);
      await makeApplication(admin, cluster.id, `${slug}.example`);
      const bindings = [{ role: 'analyst', tenantId: tenant.id }];
      await admin.post('/api/v1/operators', { username: `of-${slug}`, displayName: slug, password: PASSWORD, bindings });
      ids.push(tenant.id);
    }
  }, 60_000);

  afterAll(async () => {
    await app?.end();
    await owner?.end();
    await controller?.stop();
  });

  async function inScope<T>(tenantIds: readonly string[], work: () => Promise<T>): Promise<T> {
    await app.query('begin');
    try {
      await app.query(`select set_config('app.tenants', $1, true), set_config('app.provider', 'off', true)`, [`{${tenantIds.join(',')}}`]);
      return await work();
    } finally {
      await app.query('rollback');
    }
  }

  it.each(FENCED)('SQL sees rows of %s of its own tenants only', async (table, column) => {
    const all = await owner.query<{ tenant: string }>(`select distinct ${column} as tenant from ${table} where ${column} is not null`);
    // Worth something only where there is something to hide.
    expect(all.rows.map((row) => row.tenant).sort()).toEqual([...ids].sort());
    for (const scope of [[], ids.slice(0, 1), ids.slice(1, 4)]) {
      const seen = await inScope(scope, () =>
        app.query<{ tenant: string }>(`select distinct ${column} as tenant from ${table} where ${column} is not null`),
      );
      expect([scope.length, seen.rows.map((row) => row.tenant).sort()]).toEqual([scope.length, [...scope].sort()]);
    }
  });

  it.each(FENCED)('SQL changes and removes no row of %s of another tenant', async (table, column) => {
    for (const sql of [
      `delete from ${table} where ${column} = '${ids[1]}'`,
      `update ${table} set ${column} = ${column} where ${column} = '${ids[1]}'`,
    ]) {
      const touched = await inScope([ids[0]!], () =>
        app.query(sql).then(
          (result) => result.rowCount,
          (error: Error) => error.message,
        ),
      );
      expect([0, `permission denied for table ${table}`]).toContain(touched);
    }
  });

  it('a tenant reads the baseline but does not write it', async () => {
    await inScope([ids[0]!], async () => {
      expect((await app.query(`select * from policies where scope = 'provider'`)).rowCount).toBe(1);
      expect((await app.query(`update policies set version = 9 where scope = 'provider'`)).rowCount).toBe(0);
    });
    await expect(inScope([ids[0]!], () => app.query(`insert into policies (scope, version) values ('provider', 1)`))).rejects.toThrow(
      /row-level security/,
    );
  });

  it('the definer functions tell the least', async () => {
    const { rows } = await inScope([], () => app.query(`select * from all_tenant_ids() as id`));
    expect(Object.keys(rows[0]!)).toEqual(['id']);
    const { rows: verification } = await inScope([], () => app.query('select * from audit_verification()'));
    expect(Object.keys(verification[0]!)).toEqual(['entries', 'broken_at', 'head']);
  });

  it('an operator of exactly three sees those three everywhere', async () => {
    const three = ids.slice(1, 4);
    await admin.post('/api/v1/operators', {
      username: 'ruler-of-3',
      displayName: 'Three',
      password: PASSWORD,
      bindings: three.map((tenantId) => ({ role: 'operator', tenantId })),
    });
    const api = await RestClient.signIn(controller.url, 'ruler-of-3', PASSWORD);
    const slugs = (await api.all<TenantView>('/api/v1/tenants')).map((tenant) => tenant.id).sort();
    expect(slugs).toEqual([...three].sort());
    for (const path of ['sites', 'clusters', 'appliances', 'applications', 'policies?scope=application', 'audit']) {
      const tenantIds = (await api.all<{ tenantId: string }>(`/api/v1/${path}`)).map((row) => row.tenantId);
      expect([path, [...new Set(tenantIds)].sort()]).toEqual([path, [...three].sort()]);
    }
    const [foreign] = await admin.all<ApplianceView>(`/api/v1/appliances?tenantId=${ids[0]}`);
    const [application] = await admin.all<ApplicationView>(`/api/v1/applications?tenantId=${ids[0]}`);
    for (const path of [
      `tenants/${ids[0]}`,
      `appliances/${foreign!.id}`,
      `applications/${application!.id}`,
      `applications/${application!.id}/effective-policy`,
      `policies/tenants/${ids[0]}`,
      `policies/applications/${application!.id}/versions`,
    ])
      expect([path, (await api.send('GET', `/api/v1/${path}`)).status]).toEqual([path, 404]);
    const site = { tenantId: ids[0], name: 'Astray', timeZone: 'UTC' };
    expect(outcomeOf(await api.send('POST', '/api/v1/sites', site))).toEqual([404, 'tenants.not-found']);
  });
});
