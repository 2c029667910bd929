import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Problem, RoleBinding, SessionView, TenantView } from '@phalanx/contracts';
import { type Logger, silentLogger } from '@phalanx/kit';
import { RestClient } from '@phalanx/testing';
import { declaredEndpoints } from '../platform/http/route.js';
import type { AnyEndpoint } from '../platform/http/endpoint.js';
import { startController, type TestController } from '../testing/start-controller.js';
import { seedTwoTenants, type Seed } from '../testing/seed-two-tenants.js';

const PASSWORD = 'correct horse battery';

/** Path with each parameter replaced. */
function fill(path: string, value: (name: string) => string): string {
  return path.replace(/:([a-zA-Z]+)/g, (_, name: string) => value(name));
}

const named = (spec: AnyEndpoint) => `${spec.method} ${spec.path}`;

describe('every route', () => {
  const faults: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (message, fields) => void faults.push(`${message} ${JSON.stringify(fields)}`),
    child: () => logger,
  };
  let controller: TestController;
  let owner: RestClient;
  let seed: Seed;

  beforeAll(async () => {
    controller = await startController({ logger });
    owner = await RestClient.signIn(controller.url, 'admin', PASSWORD);
    seed = await seedTwoTenants(owner);
  }, 60_000);

  afterAll(async () => controller?.stop());

  // Whatever a caller sends, nothing of it is our fault.
  afterEach(() => expect(faults).toEqual([]));

  async function signInAs(name: string, bindings: readonly RoleBinding[]): Promise<RestClient> {
    await owner.post('/api/v1/operators', { username: name, displayName: name, password: PASSWORD, bindings });
    return RestClient.signIn(controller.url, name, PASSWORD);
  }

  it('that the server knows is declared, with what it needs', () => {
    const fastify = controller.app.getHttpAdapter().getInstance() as { printRoutes(options: { commonPrefix: boolean }): string };
    const lines = fastify.printRoutes({ commonPrefix: false });
    expect(declaredEndpoints.length).toBeGreaterThan(40);
    // Every leaf of the router is one of ours: a route without a declaration would be refused by the interceptor at its first call.
    const leaves = lines.split('\n').filter((line) => /\((GET|POST|PUT|PATCH|DELETE)/.test(line)).length;
    const paths = new Set(declaredEndpoints.map((spec) => spec.path));
    expect(leaves).toBe(paths.size);
    const open = declaredEndpoints.filter((spec) => spec.permission === 'public').map(named);
    expect(open.sort()).toEqual(['GET /api/openapi.json', 'GET /healthz', 'GET /metrics', 'GET /readyz', 'POST /api/v1/session']);
  });

  it('but the public ones asks for a caller', async () => {
    const anonymous = new RestClient(controller.url);
    for (const spec of declaredEndpoints.filter((item) => item.permission !== 'public')) {
      const answer = await anonymous.send(
        spec.method,
        fill(spec.path, () => randomUUID()),
        spec.body ? {} : undefined,
      );
      expect([named(spec), answer.status]).toEqual([named(spec), 401]);
    }
  });

  it('refuses an expired or made-up token as a problem', async () => {
    const stranger = new RestClient(controller.url, 'phx_notarealtokennotarealtokennotarealtoken');
    for (const spec of declaredEndpoints.filter((item) => item.permission !== 'public')) {
      const answer = await stranger.send(
        spec.method,
        fill(spec.path, () => randomUUID()),
        spec.body ? {} : undefined,
      );
      expect([named(spec), answer.status, answer.headers.get('content-type')]).toEqual([named(spec), 401, 'application/problem+json']);
    }
  });

  it('answers another tenant’s ids exactly as missing ones', async () => {
    const stranger = await signInAs('owner-of-b', [{ role: 'tenant-admin', tenantId: seed.b.tenantId }]);
    const ids = Object.values(seed.a.ids);
    const withIds = declaredEndpoints.filter((spec) => spec.path.includes('/:'));
    expect(withIds.length).toBeGreaterThan(15);
    for (const spec of withIds) {
      const body = spec.body ? (seed.bodyFor(spec, seed.a) ?? {}) : undefined;
      const headers = { 'if-match': '"1"' };
      const missing = await stranger.send(
        spec.method,
        fill(spec.path, () => randomUUID()),
        body,
        headers,
      );
      for (const id of ids) {
        const foreign = await stranger.send(
          spec.method,
          fill(spec.path, () => id),
          body,
          headers,
        );
        const shape = (text: string) => (text === '' ? null : { ...(JSON.parse(text) as Problem), requestId: '' });
        expect([named(spec), foreign.status, shape(foreign.text)]).toEqual([named(spec), missing.status, shape(missing.text)]);
        expect(foreign.status).toBeGreaterThanOrEqual(400);
      }
    }
  });

  it('that lists shows a tenant’s operator nothing of another', async () => {
    const stranger = await signInAs('viewer-of-b', [{ role: 'tenant-admin', tenantId: seed.b.tenantId }]);
    const lists = declaredEndpoints.filter(
      (spec) => spec.method === 'GET' && !spec.path.includes('/:') && spec.path.startsWith('/api/v1/') && !spec.produces && !spec.detached,
    );
    const foreign = [seed.a.tenantId, ...Object.values(seed.a.ids)];
    for (const spec of lists) {
      for (const query of ['', `?tenantId=${seed.a.tenantId}`]) {
        const answer = await stranger.send('GET', `${spec.path}${query}`);
        for (const id of foreign)
          expect([named(spec), query, answer.text.replaceAll(`tenantId=${id}`, '').includes(id)]).toEqual([named(spec), query, false]);
      }
    }
  });

  it('gives an operator of exactly three tenants those three', async () => {
    const extra = await Promise.all(['c3', 'd4', 'e5'].map((slug) => owner.post<TenantView>('/api/v1/tenants', { name: slug, slug })));
    const three = await signInAs(
      'operator-of-three',
      extra.map((tenant) => ({ role: 'operator', tenantId: tenant.id })),
    );
    expect((await three.all<TenantView>('/api/v1/tenants')).map((tenant) => tenant.id).sort()).toEqual(
      extra.map((tenant) => tenant.id).sort(),
    );
    const session = await three.get<SessionView>('/api/v1/session');
    expect(session.tenants.map((tenant) => tenant.id).sort()).toEqual(extra.map((tenant) => tenant.id).sort());
  });

  const HOSTILE: readonly [string, string | Buffer][] = [
    ['no JSON', '{"a":'],
    ['an array', '[]'],
    ['a number', '7'],
    ['null', 'null'],
    ['unknown fields', '{"surprise":1,"__proto__":{"admin":true}}'],
    ['wrong types', '{"name":7,"slug":{},"tenantId":[],"document":"x","username":false,"password":null,"level":3,"permissions":"all"}'],
    ['bad UTF-8', Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ['a NUL', '{"name":"a\\u0000b"}'],
    ['an unpaired surrogate', '{"name":"\\ud800"}'],
    ['10 MB', `{"name":"${'x'.repeat(10_000_000)}"}`],
    ['deep nesting', '['.repeat(100_000)],
  ];

  it.each(HOSTILE)('answers %s with a 4xx problem', async (_what, body) => {
    const session = owner as unknown as { cookie: string; csrf: string };
    for (const spec of declaredEndpoints.filter((item) => item.body)) {
      const response = await fetch(`${controller.url}${fill(spec.path, () => randomUUID())}`, {
        method: spec.method,
        headers: { 'content-type': 'application/json', cookie: session.cookie, 'x-csrf-token': session.csrf, 'if-match': '"1"' },
        body: typeof body === 'string' ? body : new Uint8Array(body),
      }).catch((error: unknown) => error as Error);
      // A body over the limit may also be met by a closed connection, once the answer is out.
      if (response instanceof Error) continue;
      expect([named(spec), response.status >= 400 && response.status < 500]).toEqual([named(spec), true]);
      expect([named(spec), response.headers.get('content-type')]).toEqual([named(spec), 'application/problem+json']);
      await response.arrayBuffer();
    }
  });

  it('answers odd queries and paths with a 4xx problem', async () => {
    for (const spec of declaredEndpoints.filter((item) => item.method === 'GET' && item.path.startsWith('/api/v1/') && !item.produces)) {
      for (const odd of [
        '?limit=0',
        '?limit=x',
        '?cursor=%00',
        '?surprise=1',
        '?tenantId=1',
        '?cursor=bm90LWEtY3Vyc29y',
        '?limit=5&limit=6',
      ]) {
        const answer = await owner.send('GET', `${fill(spec.path, () => "1'--")}${spec.path.includes('/:') ? '' : odd}`);
        expect([named(spec), odd, answer.status < 500]).toEqual([named(spec), odd, true]);
        if (answer.status >= 400)
          expect([named(spec), answer.headers.get('content-type')]).toEqual([named(spec), 'application/problem+json']);
      }
    }
  });
});
