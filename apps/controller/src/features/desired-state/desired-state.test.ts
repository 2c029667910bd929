import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type ApplianceStateView,
  type ReleaseReference,
  type ReportedState,
  type SignedDesiredState,
  type WorkerState,
} from '@phalanx/contracts';
import { sha256Hex } from '@phalanx/kit';
import { RestClient } from '@phalanx/testing';
import { verifyStatement } from '@phalanx/trust';
import { Changes } from '../../platform/changes/changes.js';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { MqttLink } from '../../platform/mqtt/mqtt-link.js';
import { seedTwoTenants, type Seed } from '../../testing/seed-two-tenants.js';
import { startController, type TestController } from '../../testing/start-controller.js';
import { BoxIdentities } from '../enrolment/index.js';
import { ReleasesService, StateKeys } from '../releases/index.js';
import { DesiredStateService } from './desired-state.service.js';

const ENROLMENT = randomUUID();
const RULES = 'c'.repeat(64);

let controller: TestController;
let api: RestClient;
let seed: Seed;
let service: DesiredStateService;
let published: SignedDesiredState[];
let revision = 0;

beforeAll(async () => {
  controller = await startController();
  api = await RestClient.signIn(controller.url, 'admin', 'correct horse battery');
  seed = await seedTwoTenants(api);
  // Its boxes report of policy and signatures alone.
  await api.ok('DELETE', `/api/v1/blocks/${seed.a.ids.block}`);
  await api.change('DELETE', `/api/v1/clusters/${seed.a.ids.cluster}/network`);
  service = controller.app.get(DesiredStateService, { strict: false });
  // Boxes that were never enrolled here are addressed by a made-up serial, and the broker is left out: what is published is kept.
  jest
    .spyOn(controller.app.get(BoxIdentities, { strict: false }), 'ofAppliances')
    .mockImplementation(async (_, ids) => new Map(ids.map((applianceId) => [applianceId, [{ applianceId, serial: 'ab' }]])));
  jest.spyOn(controller.app.get<MqttLink>(MqttLink, { strict: false }), 'publish').mockImplementation(async (_, __, payload) => {
    published.push(JSON.parse(String(payload)) as SignedDesiredState);
  });
}, 120_000);
afterAll(() => controller?.stop());
beforeEach(() => {
  published = [];
});

const applianceId = () => seed.a.ids.appliance;
const tenantId = () => seed.a.tenantId;
const view = (id = applianceId()) => api.get<ApplianceStateView>(`/api/v1/appliances/${id}/state`);
const policyOf = (state: ApplianceStateView) => state.facets.find(({ facet }) => facet === 'policy')!;
const recompute = () => service.recompute(tenantId(), [applianceId()]);

async function changePolicy(): Promise<void> {
  const { level } = await api.get<{ level: string }>(`/api/v1/applications/${seed.a.ids.application}`);
  const path = `/api/v1/applications/${seed.a.ids.application}`;
  await api.change('PUT', `${path}/level`, { level: level === 'detection' ? 'prevention' : 'detection' }, path);
  await recompute();
}

function worker(index: number, policyDigest: string, changes: Partial<WorkerState> = {}): WorkerState {
  return { index, pid: 100 + index, state: 'serving', policyDigest, rulesetDigest: RULES, ...changes };
}

interface Told {
  readonly target: ReleaseReference;
  readonly order?: ReportedState['order'];
  readonly workers?: readonly WorkerState[];
  readonly workersWanted?: number;
  readonly rendered?: string;
  readonly revision?: number;
  readonly enrolmentId?: string;
}

/** A report of a box that runs `target` on two workers, but for what the test says otherwise. */
async function report({
  target,
  order = null,
  workers,
  workersWanted = 2,
  rendered,
  enrolmentId = ENROLMENT,
  ...rest
}: Told): Promise<void> {
  const policyDigest = target.sha256;
  const reported: ReportedState = {
    version: 1,
    revision: rest.revision ?? ++revision,
    order,
    facets: [
      {
        facet: 'policy',
        state: 'applied',
        target,
        wanted: null,
        expectedDigest: policyDigest,
        renderedDigest: rendered ?? policyDigest,
        changedAt: new Date().toISOString(),
      },
    ],
    workersWanted,
    workers: [...(workers ?? [worker(0, policyDigest), worker(1, policyDigest)])],
    hasTrustedTime: true,
    ha: null,
  };
  await service.acceptHeartbeat({ tenantId: tenantId(), applianceId: applianceId(), enrolmentId, reported, receivedAt: new Date() });
}

describe('intent', () => {
  it('becomes a signed document with a TUF target, is sent, and is not yet applied', async () => {
    await recompute();
    const state = await view();
    const policy = policyOf(state);
    expect(state.desiredOrder).toEqual({ epoch: 1, generation: 1 });
    expect(state.sentOrder).toEqual({ epoch: 1, generation: 1 });
    expect(policy).toMatchObject({ state: 'pending', applied: null, sent: policy.desired });
    expect(published).toHaveLength(1);
    const keys = await controller.app.get(StateKeys, { strict: false }).publicKeys();
    expect(() =>
      verifyStatement(
        published[0]!,
        keys.map(({ publicKeyPem }) => publicKeyPem),
      ),
    ).not.toThrow();
    expect(published[0]!.signed).toMatchObject({ applianceId: applianceId(), tenantId: tenantId(), facets: { policy: policy.desired } });
  });

  it('that comes to the same digest writes nothing', async () => {
    await recompute();
    await recompute();
    expect((await view()).desiredOrder).toEqual({ epoch: 1, generation: 1 });
    expect(published).toHaveLength(0);
  });

  it('that changed gets the next generation', async () => {
    await changePolicy();
    expect((await view()).desiredOrder).toEqual({ epoch: 1, generation: 2 });
  });
});

describe('applied', () => {
  it('holds when every wanted worker shows the expected digest', async () => {
    const { desired } = policyOf(await view());
    await report({ target: desired!, order: { epoch: 1, generation: 2 } });
    expect(policyOf(await view())).toMatchObject({ state: 'applied', applied: desired, reason: null });
  });

  it.each([
    [
      'one of four workers failed its load',
      'failed',
      (sha: string) => [0, 1, 2].map((i) => worker(i, sha)).concat(worker(3, sha, { state: 'failed', reason: 'out of memory' })),
      4,
    ],
    ['a worker is missing', 'failed', (sha: string) => [worker(0, sha)], 2],
    ['a worker shows another digest', 'drifted', (sha: string) => [worker(0, sha), worker(1, 'd'.repeat(64))], 2],
    [
      'a worker is only starting',
      'pending',
      (sha: string) => [worker(0, sha), worker(1, sha, { state: 'starting', policyDigest: null })],
      2,
    ],
  ] as const)('does not hold while %s', async (_, word, workersOf, workersWanted) => {
    const { desired } = policyOf(await view());
    await report({ target: desired!, order: { epoch: 1, generation: 2 }, workers: workersOf(desired!.sha256), workersWanted });
    const policy = policyOf(await view());
    expect(policy).toMatchObject({ state: word, applied: null });
    expect(policy.reason).toMatch(/worker/);
  });

  it('does not hold while the file on disk is not what was loaded', async () => {
    const { desired } = policyOf(await view());
    await report({ target: desired!, order: { epoch: 1, generation: 2 }, rendered: 'e'.repeat(64) });
    expect(policyOf(await view())).toMatchObject({ state: 'drifted', applied: null });
  });

  it('is not taken back by a report that was overtaken', async () => {
    const { desired } = policyOf(await view());
    await report({ target: desired!, order: { epoch: 1, generation: 2 } });
    await report({ target: desired!, order: { epoch: 1, generation: 2 }, workers: [], revision: 1 });
    expect(policyOf(await view()).state).toBe('applied');
  });

  it('counts anew for a box that was installed again, and not for the enrolment that it left', async () => {
    const { desired } = policyOf(await view());
    await report({ target: desired!, order: { epoch: 1, generation: 2 }, workers: [], revision: 0, enrolmentId: randomUUID() });
    expect(policyOf(await view()).state).toBe('failed');
    await report({ target: desired!, order: { epoch: 1, generation: 2 }, revision: 0, enrolmentId: ENROLMENT });
    expect(policyOf(await view()).state).toBe('failed');
    await report({ target: desired!, order: { epoch: 1, generation: 2 }, revision: 100 });
    revision = 100;
  });
});

describe('what is not applied', () => {
  it('is told again when a heartbeat shows an older order', async () => {
    await changePolicy();
    const { desired } = policyOf(await view());
    published = [];
    await report({ target: desired!, order: { epoch: 1, generation: 2 } });
    expect(published.map(({ signed }) => signed.order)).toEqual([{ epoch: 1, generation: 3 }]);
  });

  it('is told again when its turn comes, and no more once it is applied', async () => {
    await changePolicy();
    const { desired } = policyOf(await view());
    published = [];
    await makeDue();
    await service.announceDue();
    await service.announceDue();
    expect(published).toHaveLength(1);
    await report({ target: desired!, order: published[0]!.signed.order });
    await makeDue();
    await service.announceDue();
    expect(published).toHaveLength(1);
  });

  it('is told to all when the broker has lost what it retained', async () => {
    await service.announceAll();
    expect(published.map(({ signed }) => signed.applianceId)).toContain(applianceId());
  });
});

/** Makes the next announcement due now, where one is waiting. */
async function makeDue(): Promise<void> {
  const { DataSource } = await import('typeorm');
  const owner = await new DataSource({ type: 'postgres', url: controller.postgres.ownerUrl }).initialize();
  await owner.query('update desired_states set announce_at = now() where announce_at is not null');
  await owner.destroy();
}

describe('the one word for a box', () => {
  const word = () =>
    controller.app.get(Database, { strict: false }).run(scopeOfTenant(tenantId()), async (em) => {
      const [row] = await em.query<{ word: string }[]>('select sync_state as word from appliance_status where appliance_id = $1', [
        applianceId(),
      ]);
      return row?.word;
    });

  it('is pending from the moment of a change, also where it comes to nothing or a report comes between', async () => {
    const { desired } = policyOf(await view());
    const { desiredOrder: order } = await view();
    await recompute();
    await report({ target: desired!, order });
    const database = controller.app.get(Database, { strict: false });
    await database.run(scopeOfTenant(tenantId()), (em) => em.query(`delete from changes where topic = 'appliance.intent'`));
    await report({ target: desired!, order });
    expect(await word()).toBe('in-sync');
    await database.run(scopeOfTenant(tenantId()), () =>
      controller.app.get<Changes>(Changes, { strict: false }).emit('appliance.intent', tenantId(), [{ applianceId: applianceId() }]),
    );
    expect(await word()).toBe('pending');
    await report({ target: desired!, order });
    expect(await word()).toBe('pending');
    await recompute();
    expect(await word()).toBe('in-sync');
  });
});

describe('an appliance that was removed', () => {
  it('has its policies taken out of the repository', async () => {
    const releases = controller.app.get(ReleasesService, { strict: false });
    const listed = () =>
      controller.app
        .get(Database, { strict: false })
        .run(scopeOfTenant(seed.b.tenantId), () => releases.listedSubjects(seed.b.tenantId, 'policy'));
    await service.recompute(seed.b.tenantId, [seed.b.ids.appliance]);
    await service.retireGone();
    expect(await listed()).toEqual([seed.b.ids.appliance]);
    const { DataSource } = await import('typeorm');
    const owner = await new DataSource({ type: 'postgres', url: controller.postgres.ownerUrl }).initialize();
    await owner.query('delete from enrolment_claims where appliance_id = $1', [seed.b.ids.appliance]);
    await owner.query('delete from appliances where id = $1', [seed.b.ids.appliance]);
    await owner.destroy();
    await service.retireGone();
    expect(await listed()).toEqual([]);
  });
});

describe('a box that is ahead of the database', () => {
  it('is adopted, not written over, and gets the next change in a higher epoch', async () => {
    const before = await view();
    const foreign: ReleaseReference = {
      repository: 'tenant',
      path: `policy/${applianceId()}/1.99.json`,
      version: '1.99',
      length: 10,
      sha256: sha256Hex('a policy that this database does not know'),
    };
    await report({ target: foreign, order: { epoch: 1, generation: 99 } });
    const adopted = await view();
    expect(adopted.desiredOrder).toBeNull();
    expect(policyOf(adopted)).toMatchObject({ desired: foreign, applied: foreign, state: 'drifted' });
    expect(policyOf(adopted).reason).toMatch(/restored backup/);
    const audit = await api.get<{ items: { action: string; subject: string }[] }>('/api/v1/audit?limit=20');
    expect(audit.items).toContainEqual(expect.objectContaining({ action: 'desired-state.adopt', subject: `appliance:${applianceId()}` }));

    published = [];
    await recompute();
    await service.announceAll();
    expect(published.filter(({ signed }) => signed.applianceId === applianceId())).toHaveLength(0);

    await changePolicy();
    expect((await view()).desiredOrder).toEqual({ epoch: 2, generation: 1 });
    expect(policyOf(await view()).desired!.sha256).not.toBe(policyOf(before).desired!.sha256);
  });
});

describe('signature packs', () => {
  const pack = (rule: string) => ({
    version: 1,
    name: 'small',
    packVersion: rule,
    load: ['a.conf'],
    files: { 'a.conf': `SecRule ARGS "@rx ${rule}" "id:1,phase:2,deny"` },
  });

  it('run where they are assigned: on one appliance, or on all of a cluster', async () => {
    const first = await api.post<{ id: string; sha256: string }>('/api/v1/signature-packs', pack('one'));
    const second = await api.post<{ id: string; sha256: string }>('/api/v1/signature-packs', pack('two'));
    await api.ok('PUT', `/api/v1/clusters/${seed.a.ids.cluster}/signatures`, { packId: first.id });
    await recompute();
    expect((await view()).facets.find(({ facet }) => facet === 'signatures')?.desired?.sha256).toBe(first.sha256);
    await api.ok('PUT', `/api/v1/appliances/${applianceId()}/signatures`, { packId: second.id });
    await recompute();
    expect((await view()).facets.find(({ facet }) => facet === 'signatures')?.desired?.sha256).toBe(second.sha256);
  });

  it('keep what was published under a version', async () => {
    const same = await api.post<{ sha256: string }>('/api/v1/signature-packs', pack('one'));
    expect(same.sha256).toMatch(/^[0-9a-f]{64}$/);
    const other = { ...pack('one'), files: { 'a.conf': 'SecRuleEngine Off' } };
    await expect(api.post('/api/v1/signature-packs', other)).rejects.toThrow(/releases.pack-exists|other content/);
  });
});
