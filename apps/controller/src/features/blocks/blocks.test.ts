import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type AppliancePatterns,
  appliancePatternsSchema,
  type ApplianceStateView,
  type ApplianceView,
  type BlockProofView,
  type BlockReleaseView,
  type BlockView,
  type BoxBlockView,
  CHUNK_BYTES,
  type Page,
  type Problem,
  type ReportedState,
  type SignedDesiredState,
} from '@phalanx/contracts';
import { canonicalJson } from '@phalanx/kit';
import { RestClient } from '@phalanx/testing';
import type pg from 'pg';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { MqttLink } from '../../platform/mqtt/mqtt-link.js';
import { connectAsOwner, makeFleet, outcomeOf, PASSWORD, type TestFleet } from '../../testing/fleet-fixture.js';
import { startController, type TestController } from '../../testing/start-controller.js';
import { DesiredStateService } from '../desired-state/index.js';
import { BoxIdentities } from '../enrolment/index.js';
import { ReleasesService } from '../releases/index.js';
import { BlockJobs } from './blocks.jobs.js';

const EXPECTED = 'a'.repeat(64);
const FOUND = 'b'.repeat(64);

interface Created {
  readonly created: number;
  readonly updated: number;
  readonly ids: string[];
  readonly boxes: number;
}

let controller: TestController;
let api: RestClient;
let owner: pg.Client;
let fleet: TestFleet;
let second: ApplianceView;
let states: DesiredStateService;
let published: SignedDesiredState[];
let round = 0;
let revision = 0;

beforeAll(async () => {
  controller = await startController();
  api = await RestClient.signIn(controller.url, 'admin', PASSWORD);
  owner = await connectAsOwner(controller);
  states = controller.app.get(DesiredStateService, { strict: false });
  jest
    .spyOn(controller.app.get(BoxIdentities, { strict: false }), 'ofAppliances')
    .mockImplementation(async (_, ids) => new Map(ids.map((applianceId) => [applianceId, [{ applianceId, serial: 'ab' }]])));
  jest.spyOn(controller.app.get<MqttLink>(MqttLink, { strict: false }), 'publish').mockImplementation(async (_, __, payload) => {
    published.push(JSON.parse(String(payload)) as SignedDesiredState);
  });
}, 60_000);
afterAll(async () => {
  await owner?.end();
  await controller?.stop();
});
beforeEach(async () => {
  published = [];
  fleet = await makeFleet(api, `blk${++round}`, 'pair');
  const other = await api.post<{ id: string }>('/api/v1/clusters', { siteId: fleet.site.id, name: 'other', kind: 'single' });
  second = await api.post<ApplianceView>('/api/v1/appliances', {
    clusterId: other.id,
    name: `other-${round}`,
    listenAddresses: ['127.0.0.1'],
  });
  await owner.query(`update appliance_status set online = true where tenant_id = $1`, [fleet.tenant.id]);
});

const block = (addresses: string[], changes: object = {}) =>
  api.post<Created>('/api/v1/blocks', {
    tenantId: fleet.tenant.id,
    clusterId: null,
    addresses,
    reason: 'attacks',
    expiresInSeconds: null,
    ...changes,
  });
const boxIds = () => [fleet.appliance.id, second.id];
const recompute = () => states.recompute(fleet.tenant.id, boxIds());
const list = async (query = '') => (await api.get<Page<BlockView>>(`/api/v1/blocks?tenantId=${fleet.tenant.id}${query}`)).items;
const proof = async (id: string) => (await api.get<BlockProofView>(`/api/v1/blocks/${id}/proof`)).items;

async function contentOf(applianceId: string): Promise<AppliancePatterns | null> {
  const { facets } = await api.get<ApplianceStateView>(`/api/v1/appliances/${applianceId}/state`);
  const desired = facets.find(({ facet }) => facet === 'patterns')?.desired;
  if (!desired) return null;
  const releases = controller.app.get(ReleasesService, { strict: false });
  const pieces = await controller.app.get(Database, { strict: false }).run(scopeOfTenant(fleet.tenant.id), async () => {
    const found: Buffer[] = [];
    for (let index = 0; index * CHUNK_BYTES < desired.length; index++)
      found.push((await releases.chunk(fleet.tenant.id, desired.sha256, index))!.body);
    return found;
  });
  const text = Buffer.concat(pieces).toString();
  const parsed = appliancePatternsSchema.parse(JSON.parse(text));
  expect(text).toBe(canonicalJson(parsed));
  return parsed;
}

/** The box shows that it has the list that it was told last, or another one with this difference. */
async function show(applianceId: string, diff?: string): Promise<void> {
  const { facets } = await api.get<ApplianceStateView>(`/api/v1/appliances/${applianceId}/state`);
  const target = facets.find(({ facet }) => facet === 'patterns')!.desired;
  const reported: ReportedState = {
    version: 1,
    revision: ++revision,
    order: null,
    facets: [
      {
        facet: 'patterns',
        state: diff === undefined ? 'applied' : 'drifted',
        target,
        wanted: null,
        expectedDigest: EXPECTED,
        renderedDigest: diff === undefined ? EXPECTED : FOUND,
        ...(diff === undefined ? {} : { diff }),
        changedAt: new Date().toISOString(),
      },
    ],
    workersWanted: 0,
    workers: [],
    hasTrustedTime: true,
    ha: null,
  };
  const enrolmentId = '7d9f3b52-0000-4000-8000-000000000001';
  await states.acceptHeartbeat({ tenantId: fleet.tenant.id, applianceId, enrolmentId, reported, receivedAt: new Date() });
}

describe('blocked addresses', () => {
  it('reach every box of the tenant, or those of one cluster, in the order of their addresses', async () => {
    expect(await block(['203.0.113.9', '198.51.100.0/24', '203.0.113.9'])).toMatchObject({ created: 2, updated: 0, boxes: 2 });
    expect(await block(['2001:db8::7', '10.0.0.1'], { tenantId: null, clusterId: fleet.cluster.id })).toMatchObject({
      created: 2,
      boxes: 1,
    });
    await recompute();
    const addresses = async (id: string) => (await contentOf(id))!.blocks.map(({ address }) => address);
    expect(await addresses(fleet.appliance.id)).toEqual(['10.0.0.1', '198.51.100.0/24', '203.0.113.9', '2001:db8::7']);
    expect(await addresses(second.id)).toEqual(['198.51.100.0/24', '203.0.113.9']);
  });

  it('blocked again move their expiry; of two blocks of one address the longer holds', async () => {
    const [id] = (await block(['203.0.113.9'], { expiresInSeconds: 60 })).ids;
    const again = await block(['203.0.113.9'], { expiresInSeconds: 3600, reason: 'again' });
    expect(again).toMatchObject({ created: 0, updated: 1, ids: [id] });
    const [shown] = await list();
    expect(shown).toMatchObject({ id, reason: 'again', createdBy: 'operator:admin', origin: 'operator' });
    expect(Date.parse(shown!.expiresAt!) - Date.now()).toBeGreaterThan(3_500_000);
    await block(['203.0.113.9'], { tenantId: null, clusterId: fleet.cluster.id });
    await recompute();
    expect((await contentOf(fleet.appliance.id))!.blocks).toEqual([{ address: '203.0.113.9', expiresAt: null }]);
    expect((await contentOf(second.id))!.blocks).toEqual([{ address: '203.0.113.9', expiresAt: shown!.expiresAt }]);
  });

  it('are found by an address that a blocked network holds, by a network, or by how they begin', async () => {
    await block(['198.51.100.0/24', '203.0.113.9', '2001:db8:1::/48']);
    const found = async (text: string) => (await list(`&address=${encodeURIComponent(text)}`)).map(({ address }) => address).sort();
    expect(await found('198.51.100.77')).toEqual(['198.51.100.0/24']);
    expect(await found('2001:db8:1::5')).toEqual(['2001:db8:1::/48']);
    expect(await found('203.0.0.0/8')).toEqual(['203.0.113.9']);
    expect(await found('2001:DB8')).toEqual(['2001:db8:1::/48']);
    expect(outcomeOf(await api.send('GET', '/api/v1/blocks?address=shop.example'))).toEqual([400, 'blocks.bad-search']);
  });

  it('are listed newest first, page by page', async () => {
    for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) await block([address]);
    const first = await api.get<Page<BlockView>>(`/api/v1/blocks?tenantId=${fleet.tenant.id}&limit=2`);
    const rest = await api.get<Page<BlockView>>(`/api/v1/blocks?tenantId=${fleet.tenant.id}&limit=2&cursor=${first.nextCursor}`);
    expect([...first.items, ...rest.items].map(({ address }) => address)).toEqual(['10.0.0.3', '10.0.0.2', '10.0.0.1']);
    expect(rest.nextCursor).toBeNull();
  });

  it('are taken back one by one; with the last of them the facet goes', async () => {
    const [id] = (await block(['203.0.113.9'])).ids;
    await recompute();
    expect((await api.send('DELETE', `/api/v1/blocks/${id}`)).status).toBe(204);
    expect(outcomeOf(await api.send('DELETE', `/api/v1/blocks/${id}`))).toEqual([404, 'blocks.not-found']);
    published = [];
    await recompute();
    expect(published.map(({ signed }) => signed.facets.patterns)).toEqual([undefined, undefined]);
  });

  it('that expire drop out together, in one change for each box', async () => {
    await block(['203.0.113.9'], { expiresInSeconds: 1 });
    await block(['203.0.113.10'], { expiresInSeconds: 1 });
    await block(['203.0.113.11']);
    await recompute();
    await owner.query(`update address_blocks set expires_at = now() - interval '1 second' where expires_at is not null`);
    expect((await list()).map(({ address }) => address)).toEqual(['203.0.113.11']);
    published = [];
    await recompute();
    expect(published).toEqual([]);
    await controller.app.get(BlockJobs, { strict: false }).dropExpired();
    await recompute();
    expect(published).toHaveLength(2);
    expect((await contentOf(second.id))!.blocks).toEqual([{ address: '203.0.113.11', expiresAt: null }]);
  });

  it('by an address of no kind, of a foreign tenant or too many at once are refused', async () => {
    const body = { tenantId: fleet.tenant.id, clusterId: null, reason: 'x', expiresInSeconds: null };
    const send = (changes: object) => api.send('POST', '/api/v1/blocks', { ...body, addresses: ['10.0.0.1'], ...changes });
    expect(outcomeOf(await send({ addresses: ['10.0.0'] }))).toEqual([400, 'http.invalid-body']);
    expect(outcomeOf(await send({ tenantId: fleet.cluster.id }))).toEqual([404, 'tenants.not-found']);
    const foreign = await makeFleet(api, `far${round}`);
    expect(outcomeOf(await send({ tenantId: foreign.tenant.id, clusterId: fleet.cluster.id }))).toEqual([400, 'blocks.foreign-cluster']);
    const many = Array.from({ length: 20_000 }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
    expect(outcomeOf(await send({ tenantId: null, addresses: many }))).toEqual([429, 'blocks.too-many-at-once']);
  });
});

describe('what must stay free', () => {
  it('is lifted everywhere and kept free, also from boxes’ own judgement, until somebody blocks it anew', async () => {
    await block(['203.0.113.9', '203.0.113.10']);
    const release = (address: string) =>
      api.send('POST', '/api/v1/blocks/release', { tenantId: fleet.tenant.id, address, reason: 'a customer', forSeconds: 3600 });
    expect((await release('203.0.113.9')).status).toBe(204);
    await recompute();
    const content = (await contentOf(second.id))!;
    expect([content.blocks.map(({ address }) => address), content.released.map(({ address }) => address)]).toEqual([
      ['203.0.113.10'],
      ['203.0.113.9'],
    ]);
    await release('2001:db8::/32');
    const path = `/api/v1/block-releases?tenantId=${fleet.tenant.id}`;
    const shown = await api.all<BlockReleaseView>(path);
    expect(shown.map(({ address, createdBy }) => [address, createdBy])).toEqual([
      ['203.0.113.9', 'operator:admin'],
      ['2001:db8::/32', 'operator:admin'],
    ]);
    const { nextCursor } = await api.get<Page<BlockReleaseView>>(`${path}&limit=1`);
    const rest = await api.get<Page<BlockReleaseView>>(`${path}&limit=1&cursor=${nextCursor}`);
    expect(rest.items.map(({ address }) => address)).toEqual(['2001:db8::/32']);
    await block(['203.0.113.0/24', '2001:db8::/32']);
    expect(outcomeOf(await release('203.0.113.10'))).toEqual([409, 'blocks.contained']);
    await recompute();
    expect((await contentOf(second.id))!.released).toEqual([]);
  });
});

describe('the proof of a block', () => {
  const boxes = async () => (await list())[0]!.boxes;

  it('is what was read back of a list that holds it, box by box', async () => {
    const [id] = (await block(['203.0.113.9'])).ids;
    await recompute();
    expect(await boxes()).toEqual({ wanted: 2, proven: 0 });
    await show(second.id);
    expect(await boxes()).toEqual({ wanted: 2, proven: 1 });
    const [mine, other] = await proof(id!);
    expect(mine).toMatchObject({ applianceId: fleet.appliance.id, state: 'pending', provenAt: null });
    expect(other).toMatchObject({ applianceId: second.id, state: 'in-kernel', reason: null });
    expect(Date.now() - Date.parse(other!.provenAt!)).toBeLessThan(60_000);
  });

  it('stays while a further address waits, which has none yet', async () => {
    const [first] = (await block(['203.0.113.9'])).ids;
    await recompute();
    await show(second.id);
    const [next] = (await block(['203.0.113.10'])).ids;
    expect((await proof(first!))[1]!.state).toBe('in-kernel');
    expect((await proof(next!))[1]!.state).toBe('pending');
    await recompute();
    expect((await proof(next!))[1]!.state).toBe('pending');
    await show(second.id);
    expect([(await proof(first!))[1]!.state, (await proof(next!))[1]!.state]).toEqual(['in-kernel', 'in-kernel']);
  });

  it('is not there for a box that is away, and says of one that can’t why', async () => {
    const [id] = (await block(['203.0.113.9'])).ids;
    await recompute();
    await show(second.id);
    await owner.query(`update appliance_status set online = false, offline_reason = 'gone' where appliance_id = $1`, [second.id]);
    await owner.query(
      `insert into appliance_health (appliance_id, tenant_id, online, heard_at, figures_at, capabilities, network)
       values ($1, $2, true, now(), now(), '[{"facet":"patterns","isAble":false,"reason":"nft is not installed"}]',
               '{"ownBlocks":[{"address":"192.0.2.77","reason":"scan","expiresAt":null,"packets":12},
                              {"address":"192.0.2.78","reason":"flood","expiresAt":"2020-01-01T00:00:00.000Z","packets":1}]}')`,
      [fleet.appliance.id, fleet.tenant.id],
    );
    expect((await proof(id!)).map(({ state, reason }) => [state, reason])).toEqual([
      ['unable', 'nft is not installed'],
      ['offline', 'gone'],
    ]);
    const own = (await api.get<Page<BoxBlockView>>(`/api/v1/box-blocks?tenantId=${fleet.tenant.id}`)).items;
    expect(own).toEqual([expect.objectContaining({ applianceId: fleet.appliance.id, address: '192.0.2.77', reason: 'scan', packets: 12 })]);
  });
});

describe('addresses that somebody blocked on a box itself', () => {
  const adopt = () =>
    api.send('POST', `/api/v1/appliances/${second.id}/drift`, { facet: 'patterns', decision: 'adopt', renderedDigest: FOUND });

  it('are taken as intended for its cluster, and those that are gone are taken back', async () => {
    await block(['203.0.113.9'], { tenantId: null, clusterId: second.clusterId });
    await block(['203.0.113.10']);
    await recompute();
    await show(second.id, '-blocked-4 203.0.113.9\n+blocked-6 2001:db8::7\n+networks-4 198.51.100.0-198.51.100.255\n');
    expect((await adopt()).status).toBe(204);
    await recompute();
    expect((await contentOf(second.id))!.blocks.map(({ address }) => address)).toEqual(['198.51.100.0/24', '203.0.113.10', '2001:db8::7']);
    expect((await list('&address=2001:db8::7'))[0]).toMatchObject({ reason: `found on ${second.name}`, clusterId: second.clusterId });
  });

  it('are refused with the reason where they can’t be told', async () => {
    await block(['203.0.113.10']);
    await recompute();
    for (const [diff, why] of [
      ['-blocked-4 203.0.113.10', /is blocked for more than this cluster/],
      ['+networks-4 198.51.100.0-198.51.100.200', /is no network/],
      ['+blocked-4 203.0.113.77 for a time', /more differs than blocked addresses/],
    ] as const) {
      await show(second.id, `${diff}\n`);
      const answer = await adopt();
      expect(outcomeOf(answer)).toEqual([409, 'desired-state.not-adoptable']);
      expect(answer.json<Problem>().detail).toMatch(why);
    }
  });
});

describe('fifty thousand addresses', () => {
  it('are taken in one call and worked out for two boxes within seconds', async () => {
    const addresses = Array.from({ length: 50_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    const startedAt = performance.now();
    expect(await block(addresses)).toMatchObject({ created: 50_000 });
    const takenMs = Math.round(performance.now() - startedAt);
    await recompute();
    const workedOutMs = Math.round(performance.now() - startedAt) - takenMs;
    const oneMore = performance.now();
    await block(['203.0.113.9']);
    await recompute();
    const oneMoreMs = Math.round(performance.now() - oneMore);
    const idle = performance.now();
    await recompute();
    const idleMs = Math.round(performance.now() - idle);
    console.log(
      `50,000 addresses: taken in ${takenMs} ms, worked out and published for two boxes in ${workedOutMs} ms; one more: ${oneMoreMs} ms; nothing new: ${idleMs} ms`,
    );
    expect((await contentOf(second.id))!.blocks).toHaveLength(50_001);
    expect(takenMs + workedOutMs).toBeLessThan(20_000);
  }, 60_000);
});
