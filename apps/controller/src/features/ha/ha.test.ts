import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type ApplianceHa,
  applianceHaSchema,
  type ApplianceNetwork,
  type AppliancePolicy,
  type ApplianceStateView,
  type ApplianceView,
  type AuditView,
  DEFAULT_NETWORK_POLICY,
  type Facet,
  type HaCause,
  type HaState,
  type HaStatus,
  type HaTimelineItem,
  type HaView,
  type Heartbeat,
  type Page,
  type Problem,
  type ReportedState,
  type SignedDesiredState,
} from '@phalanx/contracts';
import { RestClient, waitUntil } from '@phalanx/testing';
import type pg from 'pg';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { MqttLink } from '../../platform/mqtt/mqtt-link.js';
import { takeBatch, takeHeartbeat } from '../../testing/box-words.js';
import { connectAsOwner, makeApplication, makeFleet, outcomeOf, PASSWORD, type TestFleet } from '../../testing/fleet-fixture.js';
import { sampleBatch } from '../../testing/sample-events.js';
import { startController, type TestController } from '../../testing/start-controller.js';
import { DesiredStateService } from '../desired-state/index.js';
import { BoxIdentities } from '../enrolment/index.js';
import { ReleasesService } from '../releases/index.js';
import { PairWatch } from './pair-watch.js';

let controller: TestController;
let api: RestClient;
let owner: pg.Client;
let fleet: TestFleet;
let two: ApplianceView;
let states: DesiredStateService;
let watch: PairWatch;
let asked: string[];
let published: SignedDesiredState[];
let round = 0;
let revision = 0;

beforeAll(async () => {
  controller = await startController();
  api = await RestClient.signIn(controller.url, 'admin', PASSWORD);
  owner = await connectAsOwner(controller);
  states = controller.app.get(DesiredStateService, { strict: false });
  watch = controller.app.get(PairWatch, { strict: false });
  jest
    .spyOn(controller.app.get(BoxIdentities, { strict: false }), 'ofAppliances')
    .mockImplementation(async (_, ids) => new Map(ids.map((applianceId) => [applianceId, [{ applianceId, serial: 'ab' }]])));
  jest.spyOn(controller.app.get<MqttLink>(MqttLink, { strict: false }), 'publish').mockImplementation(async (identity, _, payload) => {
    asked.push(identity.applianceId);
    published.push(JSON.parse(String(payload)) as SignedDesiredState);
  });
}, 60_000);
afterAll(async () => {
  await owner?.end();
  await controller?.stop();
});
beforeEach(async () => {
  [asked, published] = [[], []];
  fleet = await makeFleet(api, `ha${++round}`, 'pair');
  const made = { clusterId: fleet.cluster.id, name: `two-${round}`, listenAddresses: ['127.0.0.2'] };
  two = await api.post<ApplianceView>('/api/v1/appliances', made);
  await makeApplication(api, fleet.cluster.id, 'shop.example', 443);
  await owner.query('update appliance_status set online = true where tenant_id = $1', [fleet.tenant.id]);
});

const path = () => `/api/v1/clusters/${fleet.cluster.id}/ha`;
const settings = (changes: object = {}) => ({
  vrid: 7,
  virtualAddresses: [{ address: '192.0.2.100/24', interface: 'eth0' }],
  advertMs: 100,
  transport: 'unicast',
  preempt: false,
  track: { intervalMs: 1000, fall: 2, rise: 2 },
  syncPort: 3780,
  ...changes,
});
const members = () => [
  { applianceId: fleet.appliance.id, interface: 'eth0', address: '192.0.2.1', priority: 150 },
  { applianceId: two.id, interface: 'eth0', address: '192.0.2.2', priority: 100 },
];
const put = (body: object, expected = 0) => api.send('PUT', path(), body, { 'if-match': `"${expected}"` });
const pair = () => put({ settings: settings(), members: members() });
const view = () => api.get<HaView>(path());
const command = (body: object) => api.send('POST', `${path()}/commands`, { reason: 'because', ...body });
const recompute = () => states.recompute(fleet.tenant.id, [fleet.appliance.id, two.id]);
const orders = async () => (await view()).members.map(({ order }) => order);

async function contentOf<T>(applianceId: string, facet: Facet): Promise<T> {
  const { facets } = await api.get<ApplianceStateView>(`/api/v1/appliances/${applianceId}/state`);
  const { sha256 } = facets.find((item) => item.facet === facet)!.desired!;
  const releases = controller.app.get(ReleasesService, { strict: false });
  const chunk = await controller.app
    .get(Database, { strict: false })
    .run(scopeOfTenant(fleet.tenant.id), () => releases.chunk(fleet.tenant.id, sha256, 0));
  return JSON.parse(chunk!.body.toString()) as T;
}

function statusOf(state: HaState, changes: Partial<HaStatus> = {}): HaStatus {
  return {
    clusterId: fleet.cluster.id,
    state,
    cause: 'start',
    since: '2026-11-21T09:00:00.000Z',
    bootId: 'boot',
    monotonicMs: 1,
    order: 'normal',
    commandId: null,
    held: state === 'master' ? ['192.0.2.100'] : [],
    engineHealthy: true,
    peerSeenAt: state === 'master' ? null : new Date().toISOString(),
    sync: 'running',
    ...changes,
  };
}

async function report(applianceId: string, ha: HaStatus | null, receivedAt = new Date()): Promise<void> {
  const reported: ReportedState = {
    version: 1,
    revision: ++revision,
    order: null,
    facets: [],
    workersWanted: 0,
    workers: [],
    hasTrustedTime: true,
    ha,
  };
  const enrolmentId = '7d9f3b52-0000-4000-8000-000000000001';
  await states.acceptReported({ tenantId: fleet.tenant.id, applianceId, enrolmentId, reported, receivedAt });
}

/** One is master and two stands by. */
async function whole(): Promise<void> {
  await report(fleet.appliance.id, statusOf('master'));
  await report(two.id, statusOf('backup'));
}

describe('a pair', () => {
  it('is made of the two boxes of a cluster, changed, and taken away', async () => {
    expect(outcomeOf(await api.send('GET', path()))).toEqual([404, 'ha.none']);
    expect((await pair()).status).toBe(200);
    expect(await view()).toMatchObject({
      condition: 'unknown',
      revision: 1,
      members: [{ priority: 150, order: 'normal', status: null }, {}],
    });
    expect(outcomeOf(await pair())).toEqual([412, 'http.precondition-failed']);
    expect((await put({ settings: settings({ advertMs: 1000 }), members: members() }, 1)).status).toBe(200);
    expect(outcomeOf(await api.send('DELETE', `/api/v1/appliances/${two.id}`, undefined, { 'if-match': '"1"' }))).toEqual([
      409,
      'appliances.in-use',
    ]);
    await api.change('DELETE', path());
    expect(outcomeOf(await api.send('GET', path()))).toEqual([404, 'ha.none']);
  });

  it.each([
    ['members of equal priority', () => ({ members: members().map((item) => ({ ...item, priority: 100 })) }), [400, 'http.invalid-body']],
    ['a stranger', () => ({ members: [members()[0], { ...members()[1]!, applianceId: randomUUID() }] }), [400, 'ha.wrong-members']],
    ['one address for both', () => ({ members: members().map((item) => ({ ...item, address: '192.0.2.1' })) }), [400, 'ha.bad-addresses']],
    [
      'a virtual address that is a member’s own',
      () => ({ settings: settings({ virtualAddresses: [{ address: '192.0.2.1/24', interface: 'eth0' }] }) }),
      [400, 'ha.bad-addresses'],
    ],
  ] as const)('is refused with %s', async (_, changes, expected) => {
    expect(outcomeOf(await put({ settings: settings(), members: members(), ...changes() }))).toEqual(expected);
  });

  it('has a virtual router id of its own at its site, and needs a cluster of two', async () => {
    await pair();
    const cluster = await api.post<{ id: string }>('/api/v1/clusters', { siteId: fleet.site.id, name: 'other', kind: 'pair' });
    const boxes: ApplianceView[] = [];
    for (const name of ['x', 'y'])
      boxes.push(await api.post('/api/v1/appliances', { clusterId: cluster.id, name: `${name}${round}`, listenAddresses: ['127.0.0.1'] }));
    const others = boxes.map(({ id }, index) => ({ ...members()[index]!, applianceId: id }));
    const send = (vrid: number) =>
      api.send('PUT', `/api/v1/clusters/${cluster.id}/ha`, { settings: settings({ vrid }), members: others }, { 'if-match': '"0"' });
    expect(outcomeOf(await send(7))).toEqual([409, 'ha.vrid-taken']);
    expect((await send(8)).status).toBe(200);
    const single = await makeFleet(api, `single${round}`);
    const answer = api.send(
      'PUT',
      `/api/v1/clusters/${single.cluster.id}/ha`,
      { settings: settings(), members: members() },
      { 'if-match': '"0"' },
    );
    expect(outcomeOf(await answer)).toEqual([409, 'ha.not-a-pair']);
  });

  it('tells each member its part, opens the virtual address, and names the peer to the packet engine', async () => {
    await pair();
    await api.send(
      'PUT',
      `/api/v1/clusters/${fleet.cluster.id}/network`,
      { policy: DEFAULT_NETWORK_POLICY, members: [] },
      { 'if-match': '"0"' },
    );
    await recompute();
    const ha = applianceHaSchema.parse(await contentOf<ApplianceHa>(two.id, 'ha'));
    expect(ha).toMatchObject({ priority: 100, address: '192.0.2.2', order: 'normal', commandId: null });
    expect(ha.peer).toEqual({ applianceId: fleet.appliance.id, address: '192.0.2.1', priority: 150 });
    expect((await contentOf<AppliancePolicy>(two.id, 'policy')).listenAddresses).toEqual(['127.0.0.2', '192.0.2.100']);
    const network = await contentOf<ApplianceNetwork>(two.id, 'network');
    expect(network.peer).toEqual({ addresses: ['192.0.2.1'], interface: 'eth0', syncPort: 3780 });
    expect(network.listeners).toEqual([
      { address: '127.0.0.2', port: 443 },
      { address: '192.0.2.100', port: 443 },
    ]);
    await api.change('DELETE', path());
    await recompute();
    expect(published.slice(-2).map(({ signed }) => signed.facets.ha)).toEqual([undefined, undefined]);
    expect((await contentOf<AppliancePolicy>(two.id, 'policy')).listenAddresses).toEqual(['127.0.0.2']);
  });
});

describe('commands', () => {
  beforeEach(async () => {
    await pair();
    await whole();
  });

  it('move the addresses by having the master yield, and back', async () => {
    expect((await view()).condition).toBe('whole');
    const answer = await command({ kind: 'failover' });
    const { commandId } = answer.json<{ commandId: string }>();
    expect(answer.json()).toMatchObject({
      orders: [
        { applianceId: fleet.appliance.id, order: 'yield' },
        { applianceId: two.id, order: 'normal' },
      ],
    });
    await recompute();
    expect(await contentOf<ApplianceHa>(fleet.appliance.id, 'ha')).toMatchObject({ order: 'yield', commandId });
    await report(fleet.appliance.id, statusOf('backup', { order: 'yield', commandId }));
    await report(two.id, statusOf('master'));
    expect((await view()).condition).toBe('whole');
    expect((await command({ kind: 'fail-back' })).status).toBe(200);
    expect(await orders()).toEqual(['normal', 'yield']);
    const { items } = await api.get<Page<AuditView>>(`/api/v1/audit?tenantId=${fleet.tenant.id}&limit=50`);
    expect(items.map(({ action }) => action)).toEqual(expect.arrayContaining(['ha.failover', 'ha.fail-back', 'ha.write']));
  });

  it('take a member out and bring it back', async () => {
    expect((await command({ kind: 'maintenance', applianceId: two.id })).status).toBe(200);
    await report(two.id, statusOf('fault', { cause: 'ordered', order: 'maintenance' }));
    expect(await view()).toMatchObject({
      condition: 'maintenance',
      conditionReason: expect.stringContaining('is in maintenance'),
    });
    expect((await command({ kind: 'normal', applianceId: two.id })).status).toBe(200);
    expect(await orders()).toEqual(['normal', 'normal']);
  });

  const why = async (body: object) => (await command(body)).json<Problem>().detail;

  it('are refused in words where the pair could not survive them', async () => {
    expect(await why({ kind: 'fail-back' })).toMatch(/higher priority and is master already/);
    expect(await why({ kind: 'normal', applianceId: two.id })).toMatch(/takes part as usual already/);
    expect(outcomeOf(await command({ kind: 'normal', applianceId: randomUUID() }))).toEqual([400, 'ha.not-a-member']);
    await report(two.id, statusOf('backup', { engineHealthy: false }));
    expect(await why({ kind: 'failover' })).toBe(`the engine of ${two.name} is not healthy`);
    await report(two.id, statusOf('fault', { cause: 'link-down' }));
    expect(await why({ kind: 'failover' })).toBe(`${two.name} is fault: it would not take the addresses`);
    await whole();
    await command({ kind: 'maintenance', applianceId: two.id });
    expect(await why({ kind: 'failover' })).toMatch(/is in maintenance: bring it back first/);
    expect(await why({ kind: 'maintenance', applianceId: fleet.appliance.id })).toMatch(/is in maintenance: bring it back first/);
    await command({ kind: 'normal', applianceId: two.id });
    await owner.query('update appliance_status set online = false where appliance_id = $1', [two.id]);
    expect(outcomeOf(await command({ kind: 'failover' }))).toEqual([409, 'ha.refused']);
    expect(await why({ kind: 'failover' })).toMatch(/is out of reach/);
  });
});

describe('two masters', () => {
  const alarms = async () => {
    const { rows } = await owner.query<{ action: string; alarm: string }>(
      `select action, details::jsonb->>'alarm' as alarm from audit_entries where subject = $1 and action like 'ha.alarm%' order by sequence`,
      [`cluster:${fleet.cluster.id}`],
    );
    return rows.map(({ action, alarm }) => `${action} ${alarm}`);
  };
  const later = (ms: number) => watch.sweep(new Date(Date.now() + ms));

  beforeEach(async () => {
    await pair();
    await whole();
  });

  it('are not believed before the first one has said again that it is: it is asked', async () => {
    asked = [];
    await recompute();
    asked = [];
    await report(two.id, statusOf('master', { cause: 'peer-silent' }));
    expect(await view()).toMatchObject({
      condition: 'silent-peer',
      conditionReason: expect.stringMatching(/has not said since/),
    });
    const isAsked = async () => {
      await watch.sweep();
      return asked.includes(fleet.appliance.id);
    };
    await waitUntil('the first one to be asked', isAsked, { timeoutMs: 10_000, intervalMs: 100 });
    await later(30_000);
    expect(await orders()).toEqual(['normal', 'normal']);
  });

  it('are flagged at once, ended after ten seconds by demoting the lower priority, and that is taken back when the pair is whole', async () => {
    await report(two.id, statusOf('master', { cause: 'peer-silent' }));
    await report(fleet.appliance.id, statusOf('master'));
    expect((await view()).condition).toBe('two-masters');
    expect(await alarms()).toEqual(['ha.alarm two-masters']);
    await later(9_000);
    expect(await orders()).toEqual(['normal', 'normal']);
    await later(11_000);
    expect(await orders()).toEqual(['normal', 'demoted']);
    await recompute();
    expect(await contentOf<ApplianceHa>(two.id, 'ha')).toMatchObject({ order: 'demoted' });
    await report(two.id, statusOf('fault', { cause: 'ordered', order: 'demoted', peerSeenAt: null }));
    expect(await orders()).toEqual(['normal', 'demoted']);
    await report(two.id, statusOf('fault', { cause: 'ordered', order: 'demoted' }));
    expect(await orders()).toEqual(['normal', 'normal']);
    await report(two.id, statusOf('backup'));
    expect((await view()).condition).toBe('whole');
    expect(await alarms()).toEqual(['ha.alarm two-masters', 'ha.alarm-over degraded']);
    const { items } = await api.get<Page<HaTimelineItem>>(`${path()}/timeline`);
    expect(items.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^demote of .* by system: both were master for 1\d s/)]),
    );
  });

  it('never leave nobody: the demotion ends when the other is gone', async () => {
    await report(two.id, statusOf('master', { cause: 'peer-silent' }));
    await report(fleet.appliance.id, statusOf('master'));
    await later(11_000);
    await report(two.id, statusOf('fault', { cause: 'ordered', order: 'demoted', peerSeenAt: null }));
    await owner.query('update appliance_status set online = false where appliance_id = $1', [fleet.appliance.id]);
    await later(12_000);
    expect(await orders()).toEqual(['normal', 'normal']);
  });
});

describe('words and commands that come at once', () => {
  it('never wait for each other in a circle', async () => {
    await pair();
    await whole();
    for (let turn = 0; turn < 12; turn++) {
      await owner.query(`update appliance_status set sync_state = 'in-sync' where tenant_id = $1`, [fleet.tenant.id]);
      const [first, second] = turn % 2 === 0 ? (['master', 'backup'] as const) : (['backup', 'master'] as const);
      const answers = await Promise.all([
        report(fleet.appliance.id, statusOf(first)),
        report(two.id, statusOf(second)),
        command({ kind: turn % 2 === 0 ? 'failover' : 'fail-back' }).then(({ status }) => status),
        watch.sweep(),
        recompute(),
      ]);
      expect([200, 409]).toContain(answers[2]);
    }
  }, 60_000);
});

describe('the timeline of members with odd clocks', () => {
  const streams = new Map<string, { readonly stream: string; next: number }>();

  async function heartbeat(applianceId: string, boot: string, wallMs: number, monotonicMs: number, receivedMs: number): Promise<void> {
    const message: Heartbeat = {
      version: 1,
      sequence: 1,
      time: new Date(wallMs).toISOString(),
      bootId: boot,
      monotonicMs,
      connectionId: `connection-${boot}`,
      agentVersion: '1',
      engineVersion: null,
      certificateNotAfter: new Date(wallMs + 86_400_000).toISOString(),
      box: {
        cpu: 0,
        memoryUsedBytes: 0,
        memoryTotalBytes: 1,
        diskUsedBytes: 0,
        diskTotalBytes: 1,
        load1: 0,
        uptimeSeconds: 1,
        spoolBytes: 0,
        spoolRecords: 0,
      },
      engine: null,
      network: null,
      guard: null,
      capabilities: [],
      reported: { version: 1, revision: 0, order: null, facets: [], workersWanted: 0, workers: [], hasTrustedTime: true, ha: null },
    };
    const box = { tenantId: fleet.tenant.id, applianceId, receivedAt: new Date(receivedMs) };
    await takeHeartbeat(controller, box, message);
  }

  async function tell(applianceId: string, boot: string, wallMs: number, monotonicMs: number, from: HaState, to: HaState, cause: HaCause) {
    const known = streams.get(applianceId) ?? { stream: randomUUID(), next: 0 };
    streams.set(applianceId, known);
    const event = {
      kind: 'ha' as const,
      time: new Date(wallMs).toISOString(),
      bootId: boot,
      monotonicMs,
      clusterId: fleet.cluster.id,
      from,
      to,
      cause,
      order: 'normal' as const,
      commandId: null,
      priority: 100,
      held: [],
      mended: [],
      message: `${to} because of ${cause}`,
    };
    const origin = { tenantId: fleet.tenant.id, applianceId, stream: known.stream, receivedAt: new Date() };
    await takeBatch(controller, origin, sampleBatch(known.stream, known.next++, [event]));
  }

  /** A failover in which the master dies after 60 s and the other takes over 330 ms later, told by boxes whose wall clocks are off. */
  async function failover(skewOne: number, skewTwo: number, isLate: boolean): Promise<readonly HaTimelineItem[]> {
    const base = Date.now() - 300_000;
    const one = (ms: number) => [`one-${round}`, base + ms + skewOne, 5_000_000 + ms] as const;
    const other = (ms: number) => [`two-${round}`, base + ms + skewTwo, 9_000 + ms] as const;
    const beats = async () => {
      for (const ms of [100_000, 110_000, 120_000]) {
        await heartbeat(fleet.appliance.id, ...one(ms), base + ms + 3);
        await heartbeat(two.id, ...other(ms), base + ms + 5);
      }
    };
    if (!isLate) await beats();
    const first = () => tell(fleet.appliance.id, ...one(0), 'backup', 'master', 'start');
    const died = () => tell(fleet.appliance.id, ...one(60_000), 'master', 'stopped', 'daemon-died');
    const took = () => tell(two.id, ...other(60_330), 'backup', 'master', 'peer-silent');
    if (isLate) for (const said of [took, first, died]) await said();
    else for (const said of [first, died, took]) await said();
    if (isLate) await beats();
    return (await api.get<Page<HaTimelineItem>>(`${path()}/timeline`)).items;
  }

  it.each([
    ['right clocks', 0, 0, false],
    ['clocks at +90 s and -1 day', 90_000, -86_400_000, false],
    ['the same, told out of order and before the clocks were measured', 90_000, -86_400_000, true],
    ['one box at 1970 and one at 2099', -Date.UTC(2026, 10, 21), Date.UTC(2099, 0, 1) - Date.UTC(2026, 10, 21), false],
  ] as const)('is the same with %s', async (_, skewOne, skewTwo, isLate) => {
    await pair();
    const items = await failover(skewOne, skewTwo, isLate);
    expect(items.map(({ kind }) => kind)).toEqual(['failover', 'member']);
    const [move] = items as unknown as [HaTimelineItem];
    expect(move).toMatchObject({ cause: 'daemon-died', fromApplianceId: fleet.appliance.id, toApplianceId: two.id, planned: false });
    console.log(`gap ${move.gapMs} ms, to within ${move.uncertaintyMs} ms`);
    expect(Math.abs(move.gapMs! - 330)).toBeLessThanOrEqual(move.uncertaintyMs);
    expect(move.uncertaintyMs).toBeLessThan(200);
    expect(Math.abs(Date.parse(move.at) - (Date.now() - 240_000))).toBeLessThan(20_000);
  });

  it('still places what a box told in a boot that has ended', async () => {
    await pair();
    await failover(90_000, -86_400_000, false);
    const now = Date.now();
    await heartbeat(fleet.appliance.id, `again-${round}`, now + 3_600_000, 50, now);
    const [move] = (await api.get<Page<HaTimelineItem>>(`${path()}/timeline`)).items as unknown as [HaTimelineItem];
    expect(Math.abs(move.gapMs! - 330)).toBeLessThanOrEqual(move.uncertaintyMs);
  });
});
