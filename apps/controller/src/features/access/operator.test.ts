import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OperatorView, Role, SessionView, TenantView } from '@phalanx/contracts';
import { RestClient } from '@phalanx/testing';
import { outcomeOf, PASSWORD } from '../../testing/fleet-fixture.js';
import { startController, type TestController } from '../../testing/start-controller.js';

describe('operators', () => {
  let controller: TestController;
  let admin: RestClient;
  let [a, b] = ['', ''];

  beforeAll(async () => {
    controller = await startController();
    admin = await RestClient.signIn(controller.url, 'admin', PASSWORD);
    for (const slug of ['alpha', 'beta']) {
      const { id } = await admin.post<TenantView>('/api/v1/tenants', { name: slug, slug });
      if (slug === 'alpha') a = id;
      else b = id;
    }
  }, 60_000);

  afterAll(async () => controller?.stop());

  const add = (username: string, ...bindings: [Role, string | null][]) =>
    admin.post<OperatorView>('/api/v1/operators', {
      username,
      displayName: username,
      password: PASSWORD,
      bindings: bindings.map(([role, tenantId]) => ({ role, tenantId })),
    });
  const patch = (api: RestClient, operator: OperatorView, body: object, revision = operator.revision) =>
    api.send('PATCH', `/api/v1/operators/${operator.id}`, body, { 'if-match': `"${revision}"` });

  it('lose their sessions when they are disabled or their password changes', async () => {
    const operator = await add('worker', ['operator', a]);
    const before = await RestClient.signIn(controller.url, 'worker', PASSWORD);
    expect((await patch(admin, operator, { displayName: 'Worker' })).status).toBe(200);
    expect((await before.send('GET', '/api/v1/session')).status).toBe(200);

    expect((await patch(admin, operator, { password: 'another long secret' }, 2)).status).toBe(200);
    expect((await before.send('GET', '/api/v1/session')).status).toBe(401);
    const after = await RestClient.signIn(controller.url, 'worker', 'another long secret');

    expect((await patch(admin, operator, { disabled: true }, 3)).status).toBe(200);
    expect((await after.send('GET', '/api/v1/session')).status).toBe(401);
  });

  it('are changed by the revision that was read only', async () => {
    const operator = await add('contested', ['analyst', a]);
    expect((await patch(admin, operator, { displayName: 'First' })).status).toBe(200);
    expect(outcomeOf(await patch(admin, operator, { displayName: 'Second' }))).toEqual([412, 'http.precondition-failed']);
  });

  it('hold at once what their bindings say, and no more', async () => {
    const operator = await add('viewer', ['tenant-viewer', a]);
    const viewer = await RestClient.signIn(controller.url, 'viewer', PASSWORD);
    const seen = async () => (await viewer.get<SessionView>('/api/v1/session')).tenants.map((tenant) => tenant.slug);
    expect(await seen()).toEqual(['alpha']);
    await patch(admin, operator, { bindings: [{ role: 'tenant-viewer', tenantId: b }] });
    expect(await seen()).toEqual(['beta']);
    expect(outcomeOf(await viewer.send('POST', '/api/v1/sites', { tenantId: b, name: 'x', timeZone: 'UTC' }))).toEqual([
      403,
      'access.permission-missing',
    ]);
  });

  it('of one tenant see and rule that tenant’s operators alone', async () => {
    await add('owner-a', ['owner', a]);
    const inBoth = await add('in-both', ['analyst', a], ['analyst', b]);
    const inB = await add('in-b', ['analyst', b]);
    const ownerOfA = await RestClient.signIn(controller.url, 'owner-a', PASSWORD);

    const names = (await ownerOfA.all<OperatorView>('/api/v1/operators')).map((operator) => operator.username);
    expect(names).toContain('in-both');
    expect(names).not.toContain('in-b');
    expect(names).not.toContain('admin');
    const shown = await ownerOfA.get<OperatorView>(`/api/v1/operators/${inBoth.id}`);
    expect(shown.bindings).toEqual([{ role: 'analyst', tenantId: a }]);
    expect((await ownerOfA.send('GET', `/api/v1/operators/${inB.id}`)).status).toBe(404);

    // Its password would open the other tenant as well.
    expect(outcomeOf(await patch(ownerOfA, inBoth, { password: 'taken over, sorry' }))).toEqual([403, 'access.beyond-own']);
    expect(outcomeOf(await patch(ownerOfA, inBoth, { bindings: [{ role: 'owner', tenantId: b }] }))).toEqual([403, 'access.beyond-own']);
    expect(outcomeOf(await patch(ownerOfA, inBoth, { bindings: [{ role: 'owner', tenantId: null }] }))).toEqual([403, 'access.beyond-own']);
    expect((await patch(ownerOfA, inBoth, { bindings: [] })).status).toBe(200);
    const left = await admin.get<OperatorView>(`/api/v1/operators/${inBoth.id}`);
    expect(left.bindings).toEqual([{ role: 'analyst', tenantId: b }]);
  });

  it('always keep one owner of all tenants who can sign in', async () => {
    const [me] = (await admin.all<OperatorView>('/api/v1/operators')).filter((operator) => operator.username === 'admin');
    expect(outcomeOf(await patch(admin, me!, { disabled: true }))).toEqual([409, 'access.last-owner']);
    expect(outcomeOf(await patch(admin, me!, { bindings: [{ role: 'auditor', tenantId: null }] }))).toEqual([409, 'access.last-owner']);
    expect((await admin.send('GET', '/api/v1/session')).status).toBe(200);
  });

  it('have names of their own', async () => {
    const body = { username: 'admin', displayName: 'x', password: PASSWORD, bindings: [] };
    expect(outcomeOf(await admin.send('POST', '/api/v1/operators', body))).toEqual([409, 'access.username-taken']);
  });
});
