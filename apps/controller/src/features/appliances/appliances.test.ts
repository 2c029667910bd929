import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApplianceView, ClusterView, Page } from '@phalanx/contracts';
import { RestClient } from '@phalanx/testing';
import type pg from 'pg';
import { connectAsOwner, makeFleet, outcomeOf, PASSWORD, type TestFleet } from '../../testing/fleet-fixture.js';
import { startController, type TestController } from '../../testing/start-controller.js';

describe('appliances', () => {
  let controller: TestController;
  let admin: RestClient;
  let owner: pg.Client;
  let fleet: TestFleet;

  beforeAll(async () => {
    controller = await startController();
    admin = await RestClient.signIn(controller.url, 'admin', PASSWORD);
    owner = await connectAsOwner(controller);
    fleet = await makeFleet(admin, 'alpha', 'pair');
  }, 60_000);

  afterAll(async () => {
    await owner?.end();
    await controller?.stop();
  });

  const names = async (query: string) =>
    (await admin.all<ApplianceView>(`/api/v1/appliances?tenantId=${fleet.tenant.id}&${query}`)).map((appliance) => appliance.name);
  const waiting = async () => {
    const { rows } = await owner.query<{ id: string }>(
      `select payload->>'applianceId' as id from changes where topic = 'appliance.intent'`,
    );
    return rows.map((row) => row.id);
  };

  it('begin as never enrolled, at the site of their cluster', () => {
    expect(fleet.appliance).toMatchObject({
      tenantId: fleet.tenant.id,
      siteId: fleet.site.id,
      syncState: 'never-enrolled',
      syncReason: 'it has not enrolled yet',
      online: false,
      revision: 1,
    });
  });

  it('are at most two in a pair, and one alone', async () => {
    const body = (clusterId: string, name: string) => ({ clusterId, name, listenAddresses: ['::1', '::1'], tags: ['edge', 'region=kr'] });
    const add = (clusterId: string, name: string) => admin.send('POST', '/api/v1/appliances', body(clusterId, name));
    const twins = await Promise.all(['twin', 'triplet', 'quad'].map((name) => add(fleet.cluster.id, name)));
    expect(twins.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    const single = await admin.post<ClusterView>('/api/v1/clusters', { siteId: fleet.site.id, name: 'solo', kind: 'single' });
    expect((await add(single.id, 'solo')).json<ApplianceView>()).toMatchObject({ listenAddresses: ['::1'], tags: ['edge', 'region=kr'] });
    expect(outcomeOf(await add(single.id, 'second'))).toEqual([409, 'appliances.cluster-full']);
  });

  it('are told when their addresses change', async () => {
    await owner.query('delete from changes');
    const { id } = fleet.appliance;
    await admin.change('PATCH', `/api/v1/appliances/${id}`, { listenAddresses: ['127.0.0.2'] });
    expect(await waiting()).toEqual([id]);
    expect((await admin.get<ApplianceView>(`/api/v1/appliances/${id}`)).listenAddresses).toEqual(['127.0.0.2']);
  });

  it('show what their status comes to: a box that is away is offline, one that may not take part is not', async () => {
    const { id } = fleet.appliance;
    const shown = async (status: string) => {
      await owner.query(`update appliance_status set ${status} where appliance_id = $1`, [id]);
      const { online, syncState, syncReason } = await admin.get<ApplianceView>(`/api/v1/appliances/${id}`);
      return [online, syncState, syncReason];
    };
    expect(await shown(`online = true, sync_state = 'in-sync', sync_reason = null`)).toEqual([true, 'in-sync', null]);
    expect(await shown(`sync_state = 'failed', sync_reason = 'no space left'`)).toEqual([true, 'failed', 'no space left']);
    expect(await shown(`online = false, offline_reason = 'silent for 30 s'`)).toEqual([false, 'offline', 'silent for 30 s']);
    expect(await names('syncState=offline')).toEqual(['box-alpha']);
    expect(await shown(`sync_state = 'quarantined', sync_reason = 'a clone'`)).toEqual([false, 'quarantined', 'a clone']);
    expect(await names('syncState=offline')).toEqual([]);
    expect(await names('syncState=quarantined')).toEqual(['box-alpha']);
  });

  it('are filtered by tag, cluster, site and a part of the name, taken literally', async () => {
    expect(await names('tag=region%3Dkr')).toContain('solo');
    expect(await names('tag=region%3Dde')).toEqual([]);
    expect(await names(`clusterId=${fleet.appliance.clusterId}&q=BOX`)).toEqual(['box-alpha']);
    expect(await names(`siteId=${fleet.site.id}&q=%25`)).toEqual([]);
  });

  it('are listed without a gap or a repetition over a thousand, also where names are the same', async () => {
    const twins = [await makeFleet(admin, 'twin-a'), await makeFleet(admin, 'twin-b')];
    for (const { tenant, site, cluster } of twins) {
      // Straight into the tables: what is tested is the reading.
      await owner.query(
        `with made as (
           insert into appliances (tenant_id, site_id, cluster_id, name, listen_addresses)
           select $1, $2, $3, 'n' || (n * 7919 % 500), '{127.0.0.1}' from generate_series(1, 500) n returning id, tenant_id)
         insert into appliance_status (appliance_id, tenant_id) select id, tenant_id from made`,
        [tenant.id, site.id, cluster.id],
      );
    }
    const { rows } = await owner.query<{ id: string }>('select id from appliances');
    const seen: string[] = [];
    let pages = 0;
    for (let cursor: string | null = ''; cursor !== null; pages++) {
      const page: Page<ApplianceView> = await admin.get(`/api/v1/appliances?limit=37${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      seen.push(...page.items.map((appliance) => appliance.id));
      cursor = page.nextCursor;
      // What goes meanwhile, of what was already shown, must not shift what follows.
      if (pages === 5) await owner.query('delete from appliances where id = any($1::uuid[])', [seen.slice(0, 10)]);
    }
    expect(rows.length).toBeGreaterThan(1000);
    expect(pages).toBe(Math.ceil(rows.length / 37));
    expect(seen.toSorted()).toEqual(rows.map((row) => row.id).toSorted());
  });
});
