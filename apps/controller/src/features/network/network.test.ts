import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type ApplianceNetwork,
  applianceNetworkSchema,
  type ApplianceStateView,
  DEFAULT_NETWORK_POLICY,
  type NetworkPolicy,
  type NetworkVersionView,
  type NetworkWriteResult,
  type Problem,
  type ReportedState,
  type SignedDesiredState,
} from '@phalanx/contracts';
import { RestClient } from '@phalanx/testing';
import type pg from 'pg';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { MqttLink } from '../../platform/mqtt/mqtt-link.js';
import { connectAsOwner, makeApplication, makeFleet, outcomeOf, PASSWORD, type TestFleet } from '../../testing/fleet-fixture.js';
import { startController, type TestController } from '../../testing/start-controller.js';
import { DesiredStateService } from '../desired-state/index.js';
import { BoxIdentities } from '../enrolment/index.js';
import { ReleasesService } from '../releases/index.js';

const EXPECTED = 'a'.repeat(64);
const FOUND = 'b'.repeat(64);

let controller: TestController;
let api: RestClient;
let owner: pg.Client;
let fleet: TestFleet;
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
  fleet = await makeFleet(api, `net${++round}`);
  await makeApplication(api, fleet.cluster.id, 'shop.example', 443);
});

const path = () => `/api/v1/clusters/${fleet.cluster.id}/network`;
const policyWith = (changes: Partial<NetworkPolicy>): NetworkPolicy => ({ ...DEFAULT_NETWORK_POLICY, ...changes });
const put = (policy: NetworkPolicy, expected: number, { query = '', members = [] }: { query?: string; members?: object[] } = {}) =>
  api.send('PUT', `${path()}${query}`, { policy, members, comment: 'because' }, { 'if-match': `"${expected}"` });
const recompute = () => states.recompute(fleet.tenant.id, [fleet.appliance.id]);
const facet = async () =>
  (await api.get<ApplianceStateView>(`/api/v1/appliances/${fleet.appliance.id}/state`)).facets.find((item) => item.facet === 'network');

async function content(sha256: string): Promise<ApplianceNetwork> {
  const releases = controller.app.get(ReleasesService, { strict: false });
  const database = controller.app.get(Database, { strict: false });
  const chunk = await database.run(scopeOfTenant(fleet.tenant.id), () => releases.chunk(fleet.tenant.id, sha256, 0));
  return applianceNetworkSchema.parse(JSON.parse(chunk!.body.toString()));
}

async function report(facets: ReportedState['facets'], order: ReportedState['order'] = null): Promise<void> {
  const reported: ReportedState = {
    version: 1,
    revision: ++revision,
    order,
    facets,
    workersWanted: 0,
    workers: [],
    hasTrustedTime: true,
    ha: null,
  };
  await states.acceptHeartbeat({
    tenantId: fleet.tenant.id,
    applianceId: fleet.appliance.id,
    enrolmentId: '7d9f3b52-0000-4000-8000-000000000001',
    reported,
    receivedAt: new Date(),
  });
}

/** The box shows the facet as it was told, or as `rendered` says. */
async function show(rendered: string | null = EXPECTED, diff?: string): Promise<void> {
  const { desired } = (await facet())!;
  const state = rendered === EXPECTED ? ('applied' as const) : ('drifted' as const);
  const said = { target: desired, wanted: null, expectedDigest: EXPECTED, renderedDigest: rendered, changedAt: new Date().toISOString() };
  await report([{ facet: 'network', state, ...said, ...(diff === undefined ? {} : { diff }) }], published.at(-1)?.signed.order ?? null);
}

describe('the network policy of a cluster', () => {
  it('is not there at first, and is made by If-Match "0"', async () => {
    expect(outcomeOf(await api.send('GET', path()))).toEqual([404, 'network.none']);
    expect((await put(DEFAULT_NETWORK_POLICY, 1)).status).toBe(412);
    const answer = await put(DEFAULT_NETWORK_POLICY, 0);
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"1"']);
    expect(await api.get<NetworkVersionView>(path())).toMatchObject({ version: 1, comment: 'because', createdBy: 'operator:admin' });
  });

  it('tells in a dry run what would change and what is wrong, and changes nothing', async () => {
    const bad = policyWith({ management: { networks: ['198.51.100.0/24'], ports: ['443'], rate: { perSecond: 10, burst: 20 } } });
    const dry = (await put(bad, 0, { query: '?dryRun=true' })).json<NetworkWriteResult>();
    expect(dry).toMatchObject({ dryRun: true, network: null, affected: [{ applianceId: fleet.appliance.id, name: fleet.appliance.name }] });
    expect(dry.findings.map(({ path: place, severity }) => [place, severity])).toEqual([
      ['policy.management.ports.0', 'error'],
      ['policy.management.networks', 'warning'],
    ]);
    const refused = await put(bad, 0);
    expect(outcomeOf(refused)).toEqual([400, 'network.refused']);
    expect(refused.json<Problem>().issues).toMatchObject([{ path: 'policy.management.ports.0' }]);
    expect(outcomeOf(await api.send('GET', path()))).toEqual([404, 'network.none']);
  });

  it('keeps its versions, names what differs, and goes back', async () => {
    await put(DEFAULT_NETWORK_POLICY, 0);
    const rules = ['first', 'second'].map((name) => ({
      id: randomUUID(),
      name,
      enabled: true,
      direction: 'input' as const,
      from: null,
      source: { groups: [], addresses: ['192.0.2.0/24'] },
      destination: { groups: [], addresses: [name === 'first' ? '198.51.100.1' : '198.51.100.2'] },
      services: [],
      schedule: null,
      action: 'drop' as const,
      log: true,
    }));
    const second = (await put(policyWith({ rules }), 1)).json<NetworkWriteResult>();
    expect(second.changes.map((change) => change.path)).toEqual([`policy.rules[${rules[0]!.id}]`, `policy.rules[${rules[1]!.id}]`]);
    const third = (await put(policyWith({ rules: [rules[1]!, { ...rules[0]!, log: false }] }), 2)).json<NetworkWriteResult>();
    expect(third.changes).toEqual([
      { path: `policy.rules[${rules[0]!.id}].log`, from: true, to: false },
      { path: 'policy.rules.order', from: rules.map((rule) => rule.id), to: rules.map((rule) => rule.id).toReversed() },
    ]);
    expect(
      (await put(policyWith({ rules: [rules[1]!, { ...rules[0]!, log: false }] }), 3)).json<NetworkWriteResult>().network?.version,
    ).toBe(3);
    const back = await api.ok<NetworkWriteResult>('POST', `${path()}/revert`, { version: 1 }, { 'if-match': '"3"' });
    expect(back.network).toMatchObject({ version: 4, comment: 'Back to version 1', policy: DEFAULT_NETWORK_POLICY });
    const versions = await api.all<NetworkVersionView>(`${path()}/versions`);
    expect(versions.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    expect(outcomeOf(await api.send('POST', `${path()}/revert`, { version: 9 }, { 'if-match': '"4"' }))).toEqual([
      404,
      'network.version-not-found',
    ]);
  });

  it('takes parts of its own boxes only', async () => {
    const members = [{ applianceId: randomUUID(), network: { interfaces: [], routes: [] } }];
    expect(outcomeOf(await put(DEFAULT_NETWORK_POLICY, 0, { members }))).toEqual([400, 'network.not-a-member']);
  });

  it('is written by who may: an analyst reads it only', async () => {
    const username = `analyst-${round}`;
    const bindings = [{ role: 'analyst', tenantId: fleet.tenant.id }];
    await api.post('/api/v1/operators', { username, displayName: 'x', password: PASSWORD, bindings });
    const analyst = await RestClient.signIn(controller.url, username, PASSWORD);
    await put(DEFAULT_NETWORK_POLICY, 0);
    expect((await analyst.send('GET', path())).status).toBe(200);
    const body = { policy: DEFAULT_NETWORK_POLICY, members: [] };
    expect(outcomeOf(await analyst.send('PUT', path(), body, { 'if-match': '"1"' }))).toEqual([403, 'access.permission-missing']);
  });
});

describe('the facet of its boxes', () => {
  it('has the listeners of the applications, the time zone of the site and the box’s own part', async () => {
    const network = {
      interfaces: [{ kind: 'physical', name: 'eth0', roles: ['client'], addresses: null, mtu: null, antiSpoofing: 'strict' }],
      routes: [],
    };
    await put(DEFAULT_NETWORK_POLICY, 0, { members: [{ applianceId: fleet.appliance.id, network }] });
    await recompute();
    const { signed } = published.at(-1)!;
    expect(signed.facets.network?.path).toBe(`network/${fleet.appliance.id}/1.1.json`);
    expect(await content(signed.facets.network!.sha256)).toMatchObject({
      applianceId: fleet.appliance.id,
      timeZone: 'Asia/Seoul',
      member: network,
      listeners: [{ address: '127.0.0.1', port: 443 }],
      peer: null,
    });
    await makeApplication(api, fleet.cluster.id, 'mail.example', 8443);
    await recompute();
    expect((await content(published.at(-1)!.signed.facets.network!.sha256)).listeners).toHaveLength(2);
  });

  it('is applied when what was read back is what the box promised, and taken away with the policy', async () => {
    await put(DEFAULT_NETWORK_POLICY, 0);
    await recompute();
    expect(await facet()).toMatchObject({ state: 'pending', applied: null });
    await show();
    expect(await facet()).toMatchObject({ state: 'applied', diff: null });
    const { applied } = (await facet())!;

    await api.change('DELETE', path());
    await recompute();
    expect(published.at(-1)!.signed.facets.network).toBeUndefined();
    const said = { target: applied, wanted: null, expectedDigest: EXPECTED, renderedDigest: EXPECTED, changedAt: new Date().toISOString() };
    await report([{ facet: 'network', state: 'applied', ...said }], published.at(-1)!.signed.order);
    expect(await facet()).toMatchObject({ state: 'pending', desired: null, reason: 'the box has not taken it away yet' });
    await report(
      [
        {
          facet: 'network',
          state: 'absent',
          target: null,
          wanted: null,
          expectedDigest: null,
          renderedDigest: null,
          changedAt: said.changedAt,
        },
      ],
      published.at(-1)!.signed.order,
    );
    expect(await facet()).toMatchObject({ state: 'absent', desired: null, applied: null });
    await states.retireGone();
    const releases = controller.app.get(ReleasesService, { strict: false });
    const database = controller.app.get(Database, { strict: false });
    const listed = await database.run(scopeOfTenant(fleet.tenant.id), () => releases.listedSubjects(fleet.tenant.id, 'network'));
    expect(listed).toEqual([]);
    expect((await put(DEFAULT_NETWORK_POLICY, 0)).json<NetworkWriteResult>().network?.version).toBe(2);
  });
});

describe('drift', () => {
  const drift = (decision: string, renderedDigest: string | null = FOUND) =>
    api.send('POST', `/api/v1/appliances/${fleet.appliance.id}/drift`, { facet: 'network', decision, renderedDigest });
  const word = async () => {
    const { rows } = await owner.query<{ state: string }>('select sync_state as state from appliance_status where appliance_id = $1', [
      fleet.appliance.id,
    ]);
    return rows[0]!.state;
  };

  beforeEach(async () => {
    await put(DEFAULT_NETWORK_POLICY, 0);
    await recompute();
    await show();
    await show(FOUND, '-tcp dport 22 drop\n+tcp dport 22 accept\n');
  });

  it('is shown with its difference', async () => {
    expect(await facet()).toMatchObject({ state: 'drifted', renderedDigest: FOUND, diff: '-tcp dport 22 drop\n+tcp dport 22 accept\n' });
    const dry = (await put(policyWith({ confirmSeconds: 60 }), 1, { query: '?dryRun=true' })).json<NetworkWriteResult>();
    expect(dry.findings.map((finding) => finding.message)).toContainEqual(expect.stringMatching(/writes over what was found there/));
  });

  it('is reverted by a desired state in the next generation with the same releases', async () => {
    const before = published.at(-1)!.signed;
    expect((await drift('revert')).status).toBe(204);
    await states.announce(fleet.tenant.id, [fleet.appliance.id]);
    const after = published.at(-1)!.signed;
    expect(after.order).toEqual({ epoch: before.order.epoch, generation: before.order.generation + 1 });
    expect(after.facets).toEqual(before.facets);
  });

  it('is silenced exactly as it was looked at', async () => {
    expect(outcomeOf(await drift('ignore', 'c'.repeat(64)))).toEqual([409, 'desired-state.drift-changed']);
    expect((await drift('ignore')).status).toBe(204);
    expect(await facet()).toMatchObject({ state: 'drifted', ignored: { by: 'operator:admin' } });
    await show(FOUND);
    expect(await word()).not.toBe('drifted');
    await show('d'.repeat(64));
    expect(await facet()).toMatchObject({ state: 'drifted', ignored: null });
    expect(await word()).toBe('drifted');
  });

  it('can’t be adopted where the policy can’t say it, and is over when nothing differs', async () => {
    expect(outcomeOf(await drift('adopt'))).toEqual([409, 'desired-state.not-adoptable']);
    await show();
    expect(outcomeOf(await drift('revert'))).toEqual([409, 'desired-state.not-drifted']);
  });
});
