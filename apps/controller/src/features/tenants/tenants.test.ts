import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditView, ClusterView, SiteView, TenantView } from '@phalanx/contracts';
import { RestClient } from '@phalanx/testing';
import { connectAsOwner, makeFleet, outcomeOf, PASSWORD } from '../../testing/fleet-fixture.js';
import { startController, type TestController } from '../../testing/start-controller.js';

describe('tenants, sites and clusters', () => {
  let controller: TestController;
  let admin: RestClient;

  beforeAll(async () => {
    controller = await startController();
    admin = await RestClient.signIn(controller.url, 'admin', PASSWORD);
  }, 60_000);

  afterAll(async () => controller?.stop());

  const match = (revision: number) => ({ 'if-match': `"${revision}"` });

  it('change by the revision that was read, and answer the next as their entity tag', async () => {
    const tenant = await admin.post<TenantView>('/api/v1/tenants', { name: 'Acme', slug: 'acme' });
    const path = `/api/v1/tenants/${tenant.id}`;
    const renamed = await admin.send('PATCH', path, { name: 'Acme Ltd' }, match(1));
    expect(renamed.json<TenantView>()).toEqual({ ...tenant, name: 'Acme Ltd', revision: 2 });
    expect(renamed.headers.get('etag')).toBe('"2"');
    expect(outcomeOf(await admin.send('PATCH', path, { name: 'Lost' }, match(1)))).toEqual([412, 'http.precondition-failed']);
    expect(outcomeOf(await admin.send('PATCH', path, { name: 'Blind' }))).toEqual([428, 'http.precondition-required']);
    expect((await admin.get<TenantView>(path)).name).toBe('Acme Ltd');
  });

  it('changed at once by two take one of the changes', async () => {
    const { id } = await admin.post<TenantView>('/api/v1/tenants', { name: 'Race', slug: 'race' });
    const answers = await Promise.all(['x', 'y', 'z'].map((name) => admin.send('PATCH', `/api/v1/tenants/${id}`, { name }, match(1))));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412, 412]);
  });

  it('are not removed while anything hangs below them', async () => {
    const { tenant, site, cluster, appliance } = await makeFleet(admin, 'nested');
    const removal = (path: string) => admin.send('DELETE', path, undefined, match(1)).then(outcomeOf);
    expect(await removal(`/api/v1/tenants/${tenant.id}`)).toEqual([409, 'tenants.in-use']);
    expect(await removal(`/api/v1/sites/${site.id}`)).toEqual([409, 'tenants.site-in-use']);
    expect(await removal(`/api/v1/clusters/${cluster.id}`)).toEqual([409, 'tenants.cluster-in-use']);
    for (const path of [`appliances/${appliance.id}`, `clusters/${cluster.id}`, `sites/${site.id}`, `tenants/${tenant.id}`]) {
      expect([path, await removal(`/api/v1/${path}`)]).toEqual([path, [204, null]]);
    }
    const trail = await admin.all<AuditView>('/api/v1/audit');
    expect(trail[0]).toMatchObject({ action: 'tenant.remove', subject: `tenant:${tenant.id}`, tenantId: null });
  });

  it('have names of their own, and time zones that exist', async () => {
    const { tenant, site } = await makeFleet(admin, 'names');
    const post = (path: string, body: object) => admin.send('POST', `/api/v1/${path}`, body).then(outcomeOf);
    expect(await post('tenants', { name: 'Other', slug: 'names' })).toEqual([409, 'tenants.slug-taken']);
    expect(await post('sites', { tenantId: tenant.id, name: site.name, timeZone: 'UTC' })).toEqual([409, 'tenants.site-name-taken']);
    expect(await post('clusters', { siteId: site.id, name: 'edge', kind: 'pair' })).toEqual([409, 'tenants.cluster-name-taken']);
    expect(await post('sites', { tenantId: tenant.id, name: 'Atlantis', timeZone: 'Sea/Atlantis' })).toEqual([400, 'http.invalid-body']);
    const moved = await admin.change<SiteView>('PATCH', `/api/v1/sites/${site.id}`, { timeZone: 'Europe/Berlin' });
    expect(moved).toMatchObject({ name: site.name, timeZone: 'Europe/Berlin', revision: 2 });
  });

  it('are listed page by page, by name, and of one tenant if asked', async () => {
    const { tenant, site } = await makeFleet(admin, 'pages');
    for (let n = 0; n < 7; n++) await admin.post<ClusterView>('/api/v1/clusters', { siteId: site.id, name: `c${n}`, kind: 'single' });
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: ClusterView[]; nextCursor: string | null } = await admin.get(
        `/api/v1/clusters?limit=3&tenantId=${tenant.id}${cursor && `&cursor=${cursor}`}`,
      );
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map((cluster) => cluster.name));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'edge']);
  });

  it('hang below rows of their own tenant only, whatever the program does', async () => {
    const [x, y] = [await makeFleet(admin, 'wall-x'), await makeFleet(admin, 'wall-y')];
    const owner = await connectAsOwner(controller);
    try {
      const cluster = owner.query(`insert into clusters (tenant_id, site_id, name, kind) values ($1, $2, 'astray', 'single')`, [
        x.tenant.id,
        y.site.id,
      ]);
      await expect(cluster).rejects.toThrow(/clusters_site_fkey/);
    } finally {
      await owner.end();
    }
  });
});
