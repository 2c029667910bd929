import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OperatorView, Permission, SessionView, TenantView, TokenView } from '@phalanx/contracts';
import { RestClient } from '@phalanx/testing';
import type pg from 'pg';
import { connectAsOwner, outcomeOf, PASSWORD } from '../../testing/fleet-fixture.js';
import { startController, type TestController } from '../../testing/start-controller.js';

interface Made {
  readonly token: TokenView;
  readonly secret: string;
}

describe('an API token', () => {
  let controller: TestController;
  let admin: RestClient;
  let owner: pg.Client;
  let tenants: string[];

  beforeAll(async () => {
    controller = await startController();
    admin = await RestClient.signIn(controller.url, 'admin', PASSWORD);
    owner = await connectAsOwner(controller);
    tenants = [];
    for (const slug of ['alpha', 'beta']) tenants.push((await admin.post<TenantView>('/api/v1/tenants', { name: slug, slug })).id);
  }, 60_000);

  afterAll(async () => {
    await owner?.end();
    await controller?.stop();
  });

  const make = (api: RestClient, permissions: Permission[], tenantIds: string[] | null = null) =>
    api.post<Made>('/api/v1/tokens', { name: 'robot', permissions, tenantIds, expiresInDays: 1 });
  const bearer = (made: Made) => new RestClient(controller.url, made.secret);

  it('is shown once and stored as a hash', async () => {
    const made = await make(admin, ['fleet:read']);
    expect(made.secret).toMatch(/^phx_[A-Za-z0-9_-]{43}$/);
    const listed = await admin.send('GET', '/api/v1/tokens');
    expect(listed.text).not.toContain(made.secret);
    const { rows } = await owner.query<{ found: boolean }>(`select strpos(t::text, $1) > 0 as found from api_tokens t`, [made.secret]);
    expect(rows.every((row) => !row.found)).toBe(true);
  });

  it('reaches its own permissions and tenants alone', async () => {
    const robot = bearer(await make(admin, ['fleet:read'], [tenants[0]!]));
    expect((await robot.all<TenantView>('/api/v1/tenants')).map((tenant) => tenant.slug)).toEqual(['alpha']);
    expect((await robot.send('GET', `/api/v1/tenants/${tenants[1]}`)).status).toBe(404);
    const site = { tenantId: tenants[0], name: 'x', timeZone: 'UTC' };
    expect(outcomeOf(await robot.send('POST', '/api/v1/sites', site))).toEqual([403, 'access.permission-missing']);
    // Named tenants leave nothing of the provider's own.
    const limited = bearer(await make(admin, ['baseline:write', 'tenant:write'], tenants));
    expect((await limited.send('POST', '/api/v1/tenants', { name: 'x', slug: 'x' })).status).toBe(403);
  });

  it('needs no CSRF token', async () => {
    const robot = bearer(await make(admin, ['fleet:write']));
    expect((await robot.send('POST', '/api/v1/sites', { tenantId: tenants[0], name: 'Busan', timeZone: 'Asia/Seoul' })).status).toBe(201);
  });

  it('tells who it is, and has no session to end', async () => {
    const made = await make(admin, ['fleet:read'], [tenants[0]!]);
    const session = await bearer(made).get<SessionView>('/api/v1/session');
    expect(session).toMatchObject({ username: 'admin', permissions: ['fleet:read'], csrfToken: null, expiresAt: made.token.expiresAt });
    expect(session.tenants.map((tenant) => tenant.slug)).toEqual(['alpha']);
    expect(outcomeOf(await bearer(made).send('DELETE', '/api/v1/session'))).toEqual([400, 'access.no-session']);
  });

  it('is refused when it is expired, revoked, mistyped or of a disabled operator', async () => {
    const works = async (made: Made) => (await bearer(made).send('GET', '/api/v1/tenants')).status;
    const expired = await make(admin, ['fleet:read']);
    expect(await works(expired)).toBe(200);
    await owner.query(`update api_tokens set expires_at = now() - interval '1 second' where id = $1`, [expired.token.id]);
    expect(await works(expired)).toBe(401);

    const revoked = await make(admin, ['fleet:read']);
    expect((await admin.send('DELETE', `/api/v1/tokens/${revoked.token.id}`)).status).toBe(204);
    expect(await works(revoked)).toBe(401);
    expect(await works({ ...revoked, secret: `${revoked.secret.slice(0, -1)}!` })).toBe(401);

    const { id, revision } = await admin.post<OperatorView>('/api/v1/operators', {
      username: 'leaver',
      displayName: 'Leaver',
      password: PASSWORD,
      bindings: [{ role: 'operator', tenantId: null }],
    });
    const orphan = await make(await RestClient.signIn(controller.url, 'leaver', PASSWORD), ['fleet:read']);
    expect(await works(orphan)).toBe(200);
    await admin.ok('PATCH', `/api/v1/operators/${id}`, { disabled: true }, { 'if-match': `"${revision}"` });
    expect(await works(orphan)).toBe(401);
  });

  it('gives no more than its maker holds, then or later', async () => {
    const { id } = await admin.post<OperatorView>('/api/v1/operators', {
      username: 'analyst',
      displayName: 'Analyst',
      password: PASSWORD,
      bindings: [{ role: 'analyst', tenantId: tenants[0] }],
    });
    const analyst = await RestClient.signIn(controller.url, 'analyst', PASSWORD);
    const ask = (permissions: Permission[], tenantIds: string[] | null) =>
      analyst.send('POST', '/api/v1/tokens', { name: 'x', permissions, tenantIds, expiresInDays: 1 });
    expect(outcomeOf(await ask(['fleet:write'], null))).toEqual([403, 'access.beyond-own']);
    expect(outcomeOf(await ask(['fleet:read'], [tenants[1]!]))).toEqual([404, 'access.tenant-not-found']);

    const robot = bearer(await make(analyst, ['policy:write', 'fleet:read']));
    expect((await robot.send('GET', '/api/v1/tenants')).status).toBe(200);
    await admin.change('PATCH', `/api/v1/operators/${id}`, { bindings: [{ role: 'auditor', tenantId: tenants[1] }] });
    expect((await robot.all<TenantView>('/api/v1/tenants')).map((tenant) => tenant.slug)).toEqual(['beta']);
    const write = { document: { settings: {}, locks: [] } };
    expect((await robot.send('PUT', `/api/v1/policies/tenants/${tenants[1]}`, write, { 'if-match': '"1"' })).status).toBe(403);
  });

  it('makes no further tokens and no operators above itself', async () => {
    const robot = bearer(await make(admin, ['token:write', 'access:write']));
    const token = { name: 'child', permissions: ['token:write'], expiresInDays: 366 };
    expect(outcomeOf(await robot.send('POST', '/api/v1/tokens', token))).toEqual([403, 'access.token-by-token']);
    const operator = { username: 'sneak', displayName: 'x', password: PASSWORD, bindings: [{ role: 'owner', tenantId: null }] };
    expect(outcomeOf(await robot.send('POST', '/api/v1/operators', operator))).toEqual([403, 'access.beyond-own']);
  });
});
