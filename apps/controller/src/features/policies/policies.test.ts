import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  appliancePolicySchema,
  type ApplicationView,
  DEFAULT_SETTINGS,
  type EffectivePolicyView,
  type PolicyDocument,
  type PolicyVersionView,
  type PolicyWriteResult,
  type Problem,
} from '@phalanx/contracts';
import { digestOf } from '@phalanx/kit';
import { RestClient } from '@phalanx/testing';
import type pg from 'pg';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { connectAsOwner, makeApplication, makeFleet, outcomeOf, PASSWORD, type TestFleet } from '../../testing/fleet-fixture.js';
import { startController, type TestController } from '../../testing/start-controller.js';
import { PolicyService } from './index.js';

describe('policies', () => {
  let controller: TestController;
  let admin: RestClient;
  let owner: pg.Client;
  let a: TestFleet;
  let b: TestFleet;
  let shopA: ApplicationView;
  let shopB: ApplicationView;
  let round = 0;

  beforeAll(async () => {
    controller = await startController();
    admin = await RestClient.signIn(controller.url, 'admin', PASSWORD);
    owner = await connectAsOwner(controller);
  }, 60_000);

  beforeEach(async () => {
    round++;
    await put('provider', { settings: {}, locks: [] });
    a = await makeFleet(admin, `a${round}`);
    b = await makeFleet(admin, `b${round}`);
    shopA = await makeApplication(admin, a.cluster.id, 'shop.example');
    shopB = await makeApplication(admin, b.cluster.id, 'shop.example');
    await owner.query('delete from changes');
  });

  afterAll(async () => {
    await owner?.end();
    await controller?.stop();
  });

  const put = (target: string, document: PolicyDocument, query = '') =>
    admin.change<PolicyWriteResult>('PUT', `/api/v1/policies/${target}${query}`, { document }, `/api/v1/policies/${target}`);
  const send = (target: string, document: unknown, revision: number) =>
    admin.send('PUT', `/api/v1/policies/${target}`, { document }, { 'if-match': `"${revision}"` });
  const effective = (application: ApplicationView) =>
    admin.get<EffectivePolicyView>(`/api/v1/applications/${application.id}/effective-policy`);
  const intents = async () => {
    const { rows } = await owner.query<{ id: string }>(
      `select payload->>'applianceId' as id from changes where topic = 'appliance.intent'`,
    );
    return rows.map((row) => row.id).sort();
  };

  it('begin empty at version 1, for tenant and application, with the defaults in force', async () => {
    expect(await admin.get<PolicyVersionView>(`/api/v1/policies/tenants/${a.tenant.id}`)).toMatchObject({
      scope: 'tenant',
      version: 1,
      revision: 1,
      document: { settings: {}, locks: [] },
    });
    expect(await effective(shopA)).toMatchObject({ version: 1, settings: DEFAULT_SETTINGS, digest: digestOf(DEFAULT_SETTINGS), locks: {} });
    expect(shopA).toMatchObject({ level: 'detection', settingsVersion: 1, settingsDigest: digestOf(DEFAULT_SETTINGS) });
  });

  it('inherit from the provider over the tenant to the application', async () => {
    await put('provider', { settings: { level: 'learning', signatures: { paranoiaLevel: 2, inboundThreshold: 10 } }, locks: [] });
    await put(`tenants/${a.tenant.id}`, { settings: { level: 'prevention', signatures: { paranoiaLevel: 3 } }, locks: ['tls.minVersion'] });
    await put(`applications/${shopA.id}`, { settings: { signatures: { paranoiaLevel: 4 } }, locks: [] });
    const { settings, origin, locks } = await effective(shopA);
    expect([settings.level, settings.signatures.paranoiaLevel, settings.signatures.inboundThreshold]).toEqual(['prevention', 4, 10]);
    expect([origin['level'], origin['signatures.paranoiaLevel'], origin['signatures.inboundThreshold'], origin['limits.urlBytes']]).toEqual(
      ['tenant', 'application', 'provider', 'default'],
    );
    expect(locks).toEqual({ 'tls.minVersion': 'tenant' });
    expect((await effective(shopB)).settings.level).toBe('learning');
  });

  it('refuse what a layer above locks, naming it, and write nothing', async () => {
    await put('provider', { settings: { signatures: { paranoiaLevel: 2 } }, locks: ['signatures.paranoiaLevel'] });
    const target = `tenants/${a.tenant.id}`;
    const refusal = await send(target, { settings: { signatures: { paranoiaLevel: 1 } }, locks: [] }, 1);
    expect(outcomeOf(refusal)).toEqual([409, 'policies.locked']);
    expect(refusal.json<Problem>().detail).toBe('signatures.paranoiaLevel is locked by the provider’s baseline');
    expect(refusal.json<Problem>().details).toEqual({ locks: [{ path: 'signatures.paranoiaLevel', lockedBy: 'provider' }] });
    expect((await admin.get<PolicyVersionView>(`/api/v1/policies/${target}`)).version).toBe(1);

    await put(target, { settings: {}, locks: ['level'] });
    expect(outcomeOf(await send(`applications/${shopA.id}`, { settings: { level: 'learning' }, locks: [] }, 1))).toEqual([
      409,
      'policies.locked',
    ]);
    const level = admin.send('PUT', `/api/v1/applications/${shopA.id}/level`, { level: 'learning' }, { 'if-match': '"1"' });
    expect(outcomeOf(await level)).toEqual([409, 'policies.locked']);
  });

  it('take effect over a lower layer when they lock what it has set before', async () => {
    await put(`applications/${shopA.id}`, { settings: { level: 'learning', limits: { urlBytes: 1024 } }, locks: [] });
    await put('provider', { settings: { limits: { urlBytes: 2048 } }, locks: ['limits.urlBytes'] });
    expect((await effective(shopA)).settings.limits.urlBytes).toBe(2048);
    // The level stays the operator's to switch, whatever else its document still says against a lock.
    const { revision } = await admin.get<ApplicationView>(`/api/v1/applications/${shopA.id}`);
    await admin.ok('PUT', `/api/v1/applications/${shopA.id}/level`, { level: 'prevention' }, { 'if-match': `"${revision}"` });
    expect((await effective(shopA)).settings).toMatchObject({ level: 'prevention', limits: { urlBytes: 2048 } });
  });

  it('tell in a dry run what would change and for whom, and change nothing', async () => {
    await put(`applications/${shopA.id}`, { settings: { level: 'prevention' }, locks: [] });
    const before = [await effective(shopA), await effective(shopB)];
    await owner.query('delete from changes');
    const audited = await owner.query('select from audit_entries');

    const document: PolicyDocument = { settings: { level: 'learning', limits: { headerCount: 100 } }, locks: ['limits.headerCount'] };
    const dry = await put('provider', document, '?dryRun=true');
    expect(dry).toMatchObject({ dryRun: true, policy: null });
    expect(dry.changes).toEqual([
      { path: 'level', from: null, to: 'learning' },
      { path: 'limits.headerCount', from: null, to: 100 },
      { path: 'locks', from: [], to: ['limits.headerCount'] },
    ]);
    const ofRound = dry.affected.filter(({ applicationId }) => [shopA.id, shopB.id].includes(applicationId));
    expect(ofRound).toEqual(
      expect.arrayContaining([
        { applicationId: shopA.id, name: 'shop.example', changes: [{ path: 'limits.headerCount', from: 200, to: 100 }] },
        {
          applicationId: shopB.id,
          name: 'shop.example',
          changes: [
            { path: 'level', from: 'detection', to: 'learning' },
            { path: 'limits.headerCount', from: 200, to: 100 },
          ],
        },
      ]),
    );
    expect([await effective(shopA), await effective(shopB)]).toEqual(before);
    expect(await intents()).toEqual([]);
    expect((await owner.query('select from audit_entries')).rowCount).toBe(audited.rowCount);

    const real = await put('provider', document);
    expect(real.changes).toEqual(dry.changes);
    expect(real.affected).toEqual(dry.affected);
    expect(await intents()).toEqual(expect.arrayContaining([a.appliance.id, b.appliance.id]));
  });

  it('make no new version, and wake no box, where nothing changes', async () => {
    const document: PolicyDocument = { settings: { level: 'prevention' }, locks: [] };
    const target = `tenants/${a.tenant.id}`;
    await put(target, document);
    const before = await effective(shopA);
    expect(before.version).toBe(2);
    await owner.query('delete from changes');
    expect((await put(target, document)).policy).toMatchObject({ version: 2 });
    // A new document that comes to the same settings for the application: told, but no new version in force.
    await put(`applications/${shopA.id}`, document);
    const after = await effective(shopA);
    expect([after.version, after.digest, after.origin['level']]).toEqual([2, before.digest, 'application']);
    expect(await intents()).toEqual([]);
    const { rowCount } = await owner.query('select from effective_policies where application_id = $1', [shopA.id]);
    expect(rowCount).toBe(2);
  });

  it('wake the boxes of the affected applications alone', async () => {
    await put(`tenants/${a.tenant.id}`, { settings: { level: 'prevention' }, locks: [] });
    expect(await intents()).toEqual([a.appliance.id]);
  });

  it('keep all versions and go back by writing an old one anew', async () => {
    const target = `applications/${shopA.id}`;
    await put(target, { settings: { level: 'prevention' }, locks: [] });
    await put(target, { settings: { level: 'learning' }, locks: [] });
    const reverted = await admin.ok<PolicyWriteResult>('POST', `/api/v1/policies/${target}/revert`, { version: 2 }, { 'if-match': '"3"' });
    expect(reverted.policy).toMatchObject({ version: 4, comment: 'Back to version 2', createdBy: 'operator:admin' });
    expect((await effective(shopA)).settings.level).toBe('prevention');
    const versions = await admin.all<PolicyVersionView>(`/api/v1/policies/${target}/versions`);
    expect(versions.map(({ version, document }) => [version, document.settings.level])).toEqual([
      [4, 'prevention'],
      [3, 'learning'],
      [2, 'prevention'],
      [1, undefined],
    ]);
    expect(outcomeOf(await admin.send('POST', `/api/v1/policies/${target}/revert`, { version: 9 }, { 'if-match': '"4"' }))).toEqual([
      404,
      'policies.version-not-found',
    ]);
  });

  it('are written by the version that was read only, also when two write at once', async () => {
    const target = `tenants/${a.tenant.id}`;
    const answers = await Promise.all(
      (['learning', 'detection', 'prevention'] as const).map((level) => send(target, { settings: { level }, locks: [] }, 1)),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412, 412]);
    const written = answers.find((answer) => answer.status === 200)!;
    expect(written.headers.get('etag')).toBe('"2"');
  });

  it('of different layers written at once leave in force what they come to together', async () => {
    await Promise.all([
      put('provider', { settings: { limits: { urlBytes: 4096 } }, locks: [] }),
      put(`tenants/${a.tenant.id}`, { settings: { signatures: { paranoiaLevel: 2 } }, locks: [] }),
      put(`applications/${shopA.id}`, { settings: { level: 'prevention' }, locks: [] }),
    ]);
    expect((await effective(shopA)).settings).toMatchObject({
      level: 'prevention',
      limits: { urlBytes: 4096 },
      signatures: { paranoiaLevel: 2 },
    });
  });

  it('refuse unknown settings, locks and certificates, and any certificate in the baseline', async () => {
    const target = `tenants/${a.tenant.id}`;
    for (const document of [
      { settings: { surprise: 1 }, locks: [] },
      { settings: { limits: { surprise: 1 } }, locks: [] },
      { settings: {}, locks: ['limits'] },
      { settings: { signatures: { paranoiaLevel: 5 } }, locks: [] },
    ])
      expect(outcomeOf(await send(target, document, 1))).toEqual([400, 'http.invalid-body']);
    const { revision } = await admin.get<PolicyVersionView>('/api/v1/policies/provider');
    const baseline = { settings: { tls: { certificateId: a.tenant.id } }, locks: [] };
    expect(outcomeOf(await send('provider', baseline, revision))).toEqual([400, 'policies.certificate-in-baseline']);
    const unknown = { settings: { tls: { certificateId: randomUUID() } }, locks: [] };
    expect(outcomeOf(await send(target, unknown, 1))).toEqual([400, 'policies.certificate-not-found']);
  });

  it('refuse to fail open where clients can’t be led past the engine, in a dry run as well', async () => {
    const target = `applications/${shopA.id}`;
    const open = { settings: { availability: { onEngineFailure: 'fail-open' } }, locks: [] };
    const neighbour = await makeApplication(admin, a.cluster.id, 'blog.example');
    const refusal = await send(target, open, 1);
    expect(outcomeOf(refusal)).toEqual([409, 'policies.bypass-impossible']);
    expect(refusal.json<Problem>().detail).toBe(
      "“shop.example” can’t fail open: port 8080 is shared with blog.example: a bypass can't tell them apart",
    );
    expect(outcomeOf(await send(`${target}?dryRun=true`, open, 1))).toEqual([409, 'policies.bypass-impossible']);
    expect(outcomeOf(await send(`tenants/${a.tenant.id}`, open, 1))).toEqual([409, 'policies.bypass-impossible']);
    await admin.change('DELETE', `/api/v1/applications/${neighbour.id}`);
    const local = await send(target, open, 1);
    expect(outcomeOf(local)).toEqual([409, 'policies.bypass-impossible']);
    expect(local.json<Problem>().detail).toMatch(/the origin 127\.0\.0\.1 is the box itself/);
    const reachable = { protocol: 'http', targets: [{ host: '192.0.2.80', port: 9000 }] };
    await admin.change('PATCH', `/api/v1/applications/${shopA.id}`, { upstream: reachable });
    expect((await send(target, open, 1)).status).toBe(200);

    // What would make it impossible later is refused as well, and names who fails open.
    const application = { clusterId: a.cluster.id, name: 'late', hosts: ['late.example'], listenPort: 8080, upstream: shopA.upstream };
    expect(outcomeOf(await admin.send('POST', '/api/v1/applications', application))).toEqual([409, 'policies.bypass-impossible']);
    const { revision } = await admin.get<ApplicationView>(`/api/v1/applications/${shopA.id}`);
    const upstream = { protocol: 'https', targets: [{ host: '127.0.0.1', port: 9000 }] };
    const moved = await admin.send('PATCH', `/api/v1/applications/${shopA.id}`, { upstream }, { 'if-match': `"${revision}"` });
    expect(outcomeOf(moved)).toEqual([409, 'policies.bypass-impossible']);
    expect(moved.json<Problem>().detail).toMatch(/clients speak plain HTTP and the origin speaks TLS/);
  });

  it('let only the provider write the baseline', async () => {
    const bindings = [{ role: 'owner', tenantId: a.tenant.id }];
    const username = `owner-${round}`;
    await admin.post('/api/v1/operators', { username, displayName: 'x', password: PASSWORD, bindings });
    const local = await RestClient.signIn(controller.url, username, PASSWORD);
    const { revision } = await local.get<PolicyVersionView>('/api/v1/policies/provider');
    const body = { document: { settings: { level: 'learning' }, locks: [] } };
    const answer = await local.send('PUT', '/api/v1/policies/provider', body, { 'if-match': `"${revision}"` });
    expect(outcomeOf(answer)).toEqual([403, 'access.permission-missing']);
  });

  it('come to one document for a box, whose digest changes with its meaning alone', async () => {
    const service = controller.app.get(PolicyService, { strict: false });
    const database = controller.app.get(Database, { strict: false });
    const read = (applianceId: string, tenantId = a.tenant.id) =>
      database.run(scopeOfTenant(tenantId), () => service.appliancePolicy(applianceId));
    const before = await read(a.appliance.id);
    expect(appliancePolicySchema.parse(before)).toEqual(before);
    expect(before).toMatchObject({
      applianceId: a.appliance.id,
      listenAddresses: ['127.0.0.1'],
      applications: [{ id: shopA.id, hosts: ['shop.example'], listenPort: 8080, settingsDigest: shopA.settingsDigest }],
      events: { foldAbovePerSecond: 1000, spoolLimitBytes: 268_435_456 },
    });
    await put(`applications/${shopA.id}`, { settings: { level: 'detection' }, locks: [] });
    expect(digestOf(await read(a.appliance.id))).toBe(digestOf(before));
    await put(`applications/${shopA.id}`, { settings: { level: 'prevention' }, locks: [] });
    expect((await read(a.appliance.id))?.applications[0]?.settings.level).toBe('prevention');
    expect(await read(b.appliance.id)).toBeNull();
  });
});
