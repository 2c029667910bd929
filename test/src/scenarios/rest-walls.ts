import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Page } from '@phalanx/contracts';
import { type RestAnswer, type RestClient } from '@phalanx/testing';
import { type ApiDescription, type ApiOperation, sampleBody } from './sample-body.js';
import type { Say } from './scenario.js';
import { attackOnce, eventOf, type TwoTenants, type WalledTenant } from './two-tenants.js';

/** Values of the queries that a route can't do without. */
const PERIOD: Readonly<Record<string, string>> = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' };
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

interface NamedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: ApiOperation;
}

const streams = ({ responses }: ApiOperation) => Object.values(responses).some((answer) => answer.content?.['text/event-stream']);

async function describedOperations(api: RestClient): Promise<{ description: ApiDescription; operations: NamedOperation[] }> {
  const description = await api.get<ApiDescription>('/api/openapi.json');
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  return { description, operations: operations.filter(({ operation }) => operation['x-permission'] !== 'public' && !streams(operation)) };
}

/** What an answer says, without what differs between any two requests. */
function gist({ status, text }: RestAnswer): string {
  return `${status} ${text.replace(UUID, '<id>')}`;
}

/** The id of the kind that a property names, for example of `siteId`. */
function idOfKind({ ids }: WalledTenant, property: string): string {
  const kind = property.replace(/Ids?$/, '').replace('certificate', 'secret');
  return ids[kind] ?? ids['tenant']!;
}

/** Every route of the description, with another tenant's ids in path, query and body: as with ids that nothing has. */
export async function checkRoutes({ fixture, packId, a, b }: TwoTenants, say: Say): Promise<void> {
  const { description, operations } = await describedOperations(fixture.api);
  const before = await fingerprint(fixture.api, b);
  let compared = 0;
  const judged = new Map<string, Set<number>>();
  for (const [role, caller] of Object.entries(a.callers)) {
    for (const { method, path, operation } of operations) {
      const schema = operation.requestBody?.content['application/json'].schema;
      const body = (idFor: (property: string) => string) =>
        schema && sampleBody(description, schema, (property) => (property === 'packId' ? packId : idFor(property)));
      const times = operation.parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
      const call = (pathId: string, idFor: (property: string) => string, query = '') => {
        const search = [...times.map(({ name }) => `${name}=${PERIOD[name]}`), query].filter(Boolean).join('&');
        return caller.send(method, `${path.replace(/\{[^}]+\}/g, pathId)}?${search}`, body(idFor), { 'if-match': '"1"' });
      };
      const check = async (foreign: Promise<RestAnswer>, missing: Promise<RestAnswer>, what: string) => {
        const [theirs, none] = [await foreign, await missing];
        assert.equal(gist(theirs), gist(none), `${role} ${method} ${path} with ${what} of another tenant`);
        assert.ok(theirs.status < 500, `${role} ${method} ${path} gave ${theirs.status}`);
        compared++;
        const statuses = judged.get(`${method} ${path}`) ?? new Set();
        judged.set(`${method} ${path}`, statuses.add(theirs.status));
      };
      const random = () => randomUUID();
      if (path.includes('{')) {
        const kinds = Object.entries(b.ids).map(([kind, id]) =>
          check(
            call(id, (property) => idOfKind(b, property)),
            call(random(), random),
            `the ${kind}`,
          ),
        );
        await Promise.all(kinds);
      } else if (schema && JSON.stringify(body(() => 'ID')).includes('"ID"')) {
        await check(
          call('', (property) => idOfKind(b, property)),
          call('', random),
          'ids in the body',
        );
      }
      for (const { name } of operation.parameters.filter(
        (parameter) => parameter.in === 'query' && /Id$/.test(parameter.name) && parameter.name !== 'requestId',
      )) {
        // A path's own id is the caller's here: what is asked for is only the filter.
        const at = path.includes('{') ? a.ids['appliance']! : '';
        await check(call(at, random, `${name}=${idOfKind(b, name)}`), call(at, random, `${name}=${random()}`), `the filter ${name}`);
      }
    }
  }
  assert.equal(await fingerprint(fixture.api, b), before, 'something of the other tenant was changed');
  const unread = [...judged].filter(([, statuses]) => [...statuses].every((status) => status === 400)).map(([route]) => route);
  say(`${operations.length} routes, ${judged.size} that take ids, ${compared} answers compared by ${Object.keys(a.callers).length} roles`);
  assert.ok(judged.size >= 35 && compared >= 500, 'too little was compared');
  assert.deepEqual(unread, [], 'these were refused for their bodies, so nothing was learnt of their walls');
}

/** All things of a tenant with their revisions, as the provider sees them. */
async function fingerprint(api: RestClient, { ids, tenantId }: WalledTenant): Promise<string> {
  const things = [
    `tenants/${tenantId}`,
    `sites/${ids['site']}`,
    `clusters/${ids['cluster']}`,
    `applications/${ids['application']}`,
    `secrets/${ids['secret']}`,
    `policies/tenants/${tenantId}`,
    `operators/${ids['operator']}`,
  ];
  const texts = await Promise.all(things.map(async (thing) => JSON.stringify(await api.get(`/api/v1/${thing}`))));
  const enrolments = await api.all<{ id: string; state: string }>(`/api/v1/enrolments?tenantId=${tenantId}`);
  return [...texts, ...enrolments.map(({ id, state }) => `${id} ${state}`)].join('\n').replace(/"lastLoginAt":"[^"]*"/g, '');
}

/** What lists show, also by a cursor that another tenant's operator was given. */
export async function checkLists({ fixture, a, b }: TwoTenants, say: Say): Promise<void> {
  const { operations } = await describedOperations(fixture.api);
  const lists = operations.filter(
    ({ method, path, operation }) => method === 'GET' && !path.includes('{') && operation.parameters.some((p) => p.name === 'cursor'),
  );
  const foreign = [...Object.entries(b.ids).map(([, id]) => id), ...b.words];
  const mustNotShow = (text: string, what: string) => {
    for (const word of foreign) assert.ok(!text.includes(word), `${what} shows ${word} of another tenant`);
  };
  let cursors = 0;
  let pages = 0;
  for (const caller of Object.values(a.callers)) {
    for (const { path } of lists) {
      const { status, text } = await caller.send('GET', `${path}?limit=200`);
      assert.ok(status === 200 || status === 403, `GET ${path} gave ${status}`);
      mustNotShow(text, `GET ${path}`);
      pages++;
      for (const giver of [b.callers.owner, fixture.api]) {
        const theirs = await giver.send('GET', `${path}?limit=1`);
        const cursor = theirs.status === 200 ? theirs.json<Page<unknown>>().nextCursor : null;
        if (cursor === null) continue;
        cursors++;
        const answer = await caller.send('GET', `${path}?limit=200&cursor=${encodeURIComponent(cursor)}`);
        assert.ok(answer.status < 500, `GET ${path} with a foreign cursor gave ${answer.status}`);
        mustNotShow(answer.text, `GET ${path} with a cursor of another tenant`);
      }
    }
  }
  const [from, to] = [new Date(Date.now() - 3_600_000).toISOString(), new Date(Date.now() + 3_600_000).toISOString()];
  const rollups = async (caller: RestClient) =>
    (await caller.get<{ items: { blocked: number }[] }>(`/api/v1/event-rollups?from=${from}&to=${to}&bucketMinutes=60`)).items.reduce(
      (sum, item) => sum + item.blocked,
      0,
    );
  const [ofA, ofB, ofBoth] = [await rollups(a.callers.owner), await rollups(b.callers.owner), await rollups(fixture.api)];
  assert.equal(ofA + ofB, ofBoth, 'sums of one tenant count another');
  assert.ok(ofA > 0 && ofB > 0);
  say(`${lists.length} lists, ${pages} pages, ${cursors} foreign cursors; refusals in sums: ${ofA} + ${ofB} = ${ofBoth}`);
  assert.ok(lists.length >= 10 && cursors >= 10);
}

/** The live stream and idempotency keys, which remember. */
export async function checkMemory({ fixture, a, b }: TwoTenants, say: Say): Promise<void> {
  const stopped = new AbortController();
  const caller = a.callers.owner as unknown as { cookie: string; url: string };
  const response = await fetch(`${caller.url}/api/v1/live`, { headers: { cookie: caller.cookie }, signal: stopped.signal });
  assert.equal(response.status, 200);
  let heard = '';
  const listening = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) heard += decoder.decode(chunk, { stream: true });
  })().catch((error: unknown) => {
    if (!stopped.signal.aborted) throw error;
  });
  try {
    const theirs = await attackOnce(b.box);
    await eventOf(fixture.api, theirs);
    const own = await attackOnce(a.box);
    await eventOf(fixture.api, own);
    const deadline = Date.now() + 10_000;
    while (!heard.includes(own) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(heard.includes(own), 'the own event was not heard live');
    for (const word of [...Object.values(b.ids), theirs]) assert.ok(!heard.includes(word), `the live stream told of ${word}`);
  } finally {
    stopped.abort();
    await listening;
  }
  const key = { 'idempotency-key': randomUUID() };
  const token = { name: `token of ${b.name} twice`, permissions: ['fleet:read'], expiresInDays: 1 };
  const first = await b.callers.owner.post<{ secret: string }>('/api/v1/tokens', token, key);
  const replay = await a.callers.owner.send('POST', '/api/v1/tokens', token, key);
  assert.ok(!replay.text.includes(first.secret), 'an idempotency key gave another tenant’s answer');
  say(`live stream: ${heard.split('\n\n').length} messages, none of the other tenant; an idempotency key is its maker’s alone`);
}
