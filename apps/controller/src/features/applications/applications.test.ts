import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApplicationView, AuditView, Problem } from '@phalanx/contracts';
import { RestClient } from '@phalanx/testing';
import type pg from 'pg';
import { connectAsOwner, makeApplication, makeFleet, outcomeOf, PASSWORD, type TestFleet } from '../../testing/fleet-fixture.js';
import { startController, type TestController } from '../../testing/start-controller.js';

describe('applications', () => {
  let controller: TestController;
  let admin: RestClient;
  let owner: pg.Client;
  let fleet: TestFleet;
  let round = 0;

  beforeAll(async () => {
    controller = await startController();
    admin = await RestClient.signIn(controller.url, 'admin', PASSWORD);
    owner = await connectAsOwner(controller);
  }, 60_000);

  beforeEach(async () => {
    fleet = await makeFleet(admin, `t${++round}`);
  });

  afterAll(async () => {
    await owner?.end();
    await controller?.stop();
  });

  const body = (name: string, hosts: string[], listenPort: number) => ({
    clusterId: fleet.cluster.id,
    name,
    hosts,
    listenPort,
    upstream: { protocol: 'http', targets: [{ host: '10.0.0.1', port: 80 }] },
  });
  const add = (...values: Parameters<typeof body>) => admin.send('POST', '/api/v1/applications', body(...values));
  const change = (id: string, patch: object, revision = 1) =>
    admin.send('PATCH', `/api/v1/applications/${id}`, patch, { 'if-match': `"${revision}"` });
  const intents = async () => {
    const { rows } = await owner.query<{ id: string }>(
      `select payload->>'applianceId' as id from changes where topic = 'appliance.intent'`,
    );
    return rows.map((row) => row.id);
  };

  it('claim each host on a port for themselves within a cluster', async () => {
    await makeApplication(admin, fleet.cluster.id, 'shop.example', 443);
    const taken = await add('rival', ['news.example', 'shop.example'], 443);
    expect(outcomeOf(taken)).toEqual([409, 'applications.host-taken']);
    expect(taken.json<Problem>().detail).toBe('“shop.example” already answers for shop.example on port 443');
    expect((await add('elsewhere', ['shop.example'], 8443)).status).toBe(201);
    const beside = (await add('beside', ['*.example', 'www.shop.example'], 443)).json<ApplicationView>();
    expect(outcomeOf(await change(beside.id, { hosts: ['shop.example'] }))).toEqual([409, 'applications.host-taken']);
    expect((await change(beside.id, { hosts: ['other.example'] })).status).toBe(200);
  });

  it('claim a host once, also when two try at once', async () => {
    const answers = await Promise.all(['x', 'y', 'z', 'w'].map((name) => add(name, ['same.example'], 80)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409]);
  });

  it('have their level switched in their own policy, which wakes their boxes and is audited', async () => {
    const { id } = await makeApplication(admin, fleet.cluster.id, 'shop.example');
    await owner.query('delete from changes');
    const answer = await admin.send('PUT', `/api/v1/applications/${id}/level`, { level: 'prevention' }, { 'if-match': '"1"' });
    expect(answer.json<ApplicationView>()).toMatchObject({ level: 'prevention', settingsVersion: 2, revision: 2 });
    expect(answer.headers.get('etag')).toBe('"2"');
    expect(await intents()).toEqual([fleet.appliance.id]);
    expect(await admin.get(`/api/v1/policies/applications/${id}`)).toMatchObject({
      version: 2,
      document: { settings: { level: 'prevention' } },
    });
    expect(outcomeOf(await admin.send('PUT', `/api/v1/applications/${id}/level`, { level: 'learning' }, { 'if-match': '"1"' }))).toEqual([
      412,
      'http.precondition-failed',
    ]);
    const [entry] = await admin.all<AuditView>('/api/v1/audit?action=application.level');
    expect(entry).toMatchObject({ subject: `application:${id}`, details: { from: 'detection', to: 'prevention' } });
  });

  it('that share a port agree where the client’s address comes from', async () => {
    const one = await makeApplication(admin, fleet.cluster.id, 'one.example', 80);
    const policy = { document: { settings: { clientAddress: { source: 'proxy-protocol' } }, locks: [] } };
    const path = (id: string) => `/api/v1/policies/applications/${id}`;
    await admin.change('PUT', path(one.id), policy);
    const refused = await add('two', ['two.example'], 80);
    expect(outcomeOf(refused)).toEqual([409, 'policies.client-address-conflict']);
    expect(refused.json<Problem>().details).toEqual({ listenPort: 80, applications: expect.arrayContaining(['one.example', 'two']) });
    const two = await makeApplication(admin, fleet.cluster.id, 'two.example', 81);
    expect(outcomeOf(await change(two.id, { listenPort: 80 }))).toEqual([409, 'policies.client-address-conflict']);
    await admin.change('PUT', path(two.id), policy);
    expect((await change(two.id, { listenPort: 80 })).status).toBe(200);
    const apart = { document: { settings: { clientAddress: { source: 'socket' } }, locks: [] } };
    expect(outcomeOf(await admin.send('PUT', path(two.id), apart, { 'if-match': '"2"' }))).toEqual([
      409,
      'policies.client-address-conflict',
    ]);
  });

  it('wake the boxes of their cluster when they come, change and go', async () => {
    const woken = async (work: () => Promise<unknown>) => {
      await owner.query('delete from changes');
      await work();
      return intents();
    };
    let application!: ApplicationView;
    const mine = [fleet.appliance.id];
    expect(await woken(async () => (application = await makeApplication(admin, fleet.cluster.id, 'shop.example')))).toEqual(mine);
    expect(
      await woken(() => change(application.id, { upstream: { protocol: 'http', targets: [{ host: '10.0.0.2', port: 80 }] } })),
    ).toEqual(mine);
    const gone = () => admin.ok('DELETE', `/api/v1/applications/${application.id}`, undefined, { 'if-match': '"2"' });
    expect(await woken(gone)).toEqual(mine);
    for (const table of ['policies', 'effective_policies'])
      expect((await owner.query(`select from ${table} where application_id = $1`, [application.id])).rowCount).toBe(0);
  });

  it('refuse unknown fields and upstreams that are none', async () => {
    for (const odd of [
      { ...body('x', ['x.example'], 80), surprise: 1 },
      body('x', ['UPPER.example'], 80),
      body('x', [], 80),
      { ...body('x', ['x.example'], 80), upstream: { protocol: 'http', targets: [] } },
    ])
      expect(outcomeOf(await admin.send('POST', '/api/v1/applications', odd))).toEqual([400, 'http.invalid-body']);
    const nowhere = { ...body('x', ['x.example'], 80), clusterId: fleet.tenant.id };
    expect(outcomeOf(await admin.send('POST', '/api/v1/applications', nowhere))).toEqual([404, 'tenants.cluster-not-found']);
  });
});
