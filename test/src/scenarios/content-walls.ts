import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { type ApplianceStateView, downTopic, type SecretAnswer, upTopic } from '@phalanx/contracts';
import { waitUntil } from '@phalanx/testing';
import { connectAs } from '../e2e/captured-identity.js';
import { asOwner } from '../e2e/database.js';
import type { Say } from './scenario.js';
import { askContent } from './topic-walls.js';
import type { TwoTenants } from './two-tenants.js';

/** Box A asks for B's chunks, manifests, metadata and secrets: as if there were none. */
export async function checkContent({ fixture, a, b }: TwoTenants, say: Say): Promise<void> {
  const policyOf = async (id: string) => {
    const { facets } = await fixture.api.get<ApplianceStateView>(`/api/v1/appliances/${id}/state`);
    return facets.find((facet) => facet.facet === 'policy')!.desired!.sha256;
  };
  const { identity } = a.captured;
  const client = await connectAs(a.captured);
  const heard: { topic: string; payload: Buffer }[] = [];
  client.on('message', (topic, payload) => heard.push({ topic, payload }));
  await client.subscribeAsync([downTopic(identity, 'content'), downTopic(identity, 'secret')], { qos: 1 });
  const ask = async (request: object) => {
    const { head, body } = await askContent(client, heard, identity, request);
    return { ...head, requestId: '', bytes: body.length };
  };
  const [own, theirs, none] = [await policyOf(identity.applianceId), await policyOf(b.box.appliance.id), randomBytes(32).toString('hex')];
  assert.equal((await ask({ kind: 'chunk', sha256: own, index: 0 })).status, 'ok');
  assert.equal((await ask({ kind: 'manifest', sha256: own })).status, 'ok');
  const missing = await ask({ kind: 'chunk', sha256: none, index: 0 });
  assert.equal(missing.status, 'missing');
  for (const request of [
    { kind: 'chunk', sha256: theirs, index: 0 },
    { kind: 'manifest', sha256: theirs },
    { kind: 'manifest', sha256: none },
  ])
    assert.deepEqual(await ask(request), missing);

  // Every blob and metadata file of B's repository, as the database has them.
  const { blobs, metadata } = await asOwner(fixture.stack.databaseUrl, async (owner) => ({
    blobs: (await owner.query<{ sha256: string }>('select distinct sha256 from content_chunks where tenant_id = $1', [b.tenantId])).rows,
    metadata: (
      await owner.query<{ name: string; isOwn: boolean }>(
        `select name, bool_or(tenant_id = $1) as "isOwn" from tuf_metadata where tenant_id = any($2::uuid[]) group by name`,
        [a.tenantId, [a.tenantId, b.tenantId]],
      )
    ).rows,
  }));
  for (const { sha256 } of blobs) assert.deepEqual(await ask({ kind: 'chunk', sha256, index: 0 }), missing);
  let files = 0;
  let onlyTheirs = 0;
  for (const { name, isOwn } of metadata) {
    const { head, body } = await askContent(client, heard, identity, { kind: 'metadata', repository: 'tenant', name });
    files++;
    for (const id of [b.tenantId, b.box.appliance.id]) assert.ok(!body.includes(id), `${name} tells of ${id}`);
    if (isOwn) continue;
    onlyTheirs++;
    assert.deepEqual({ ...head, requestId: '', bytes: body.length }, missing, `${name} is B’s alone`);
  }
  assert.ok(blobs.length > 0 && onlyTheirs > 0, 'B has nothing that A could have asked for');

  const askSecret = async (secretId: string): Promise<SecretAnswer> => {
    const requestId = randomUUID();
    await client.publishAsync(upTopic(identity, 'secret'), JSON.stringify({ requestId, secretId }), { qos: 1 });
    const { payload } = await waitUntil('an answer about a secret', () => heard.find((message) => message.payload.includes(requestId)));
    return { ...(JSON.parse(payload.toString('utf8')) as SecretAnswer), requestId: '' };
  };
  const noSecret = await askSecret(randomUUID());
  assert.equal(noSecret.status, 'missing');
  // Its own tenant's too, while no policy names it.
  for (const id of [b.ids['secret']!, a.ids['secret']!]) assert.deepEqual(await askSecret(id), noSecret);
  client.end(true);
  say(`${blobs.length} blobs, ${files} metadata names (${onlyTheirs} only B has) and 2 secrets asked for: all as missing`);
}
