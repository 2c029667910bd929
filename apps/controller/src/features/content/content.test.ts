import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  type ApplianceStateView,
  type ChunkManifest,
  type ContentAnswerHead,
  contentAnswerHeadSchema,
  type ContentRequest,
} from '@phalanx/contracts';
import { sha256Hex, sleep } from '@phalanx/kit';
import { RestClient } from '@phalanx/testing';
import { MqttLink, type UpHandler } from '../../platform/mqtt/mqtt-link.js';
import { seedTwoTenants, type Seed, type SeededTenant } from '../../testing/seed-two-tenants.js';
import { startController, type TestController } from '../../testing/start-controller.js';
import { DesiredStateService } from '../desired-state/index.js';
import { ByteCache } from './byte-cache.js';
import { ContentMessages } from './content.mqtt.js';
import { JoinedReads } from './joined-reads.js';

interface Answer {
  readonly head: ContentAnswerHead;
  readonly body: Buffer;
}

let controller: TestController;
let seed: Seed;
let handle: UpHandler;
let answers: { applianceId: string; answer: Answer }[] = [];
const policies = new Map<string, string>();

beforeAll(async () => {
  controller = await startController();
  const api = await RestClient.signIn(controller.url, 'admin', 'correct horse battery');
  seed = await seedTwoTenants(api);
  const link = controller.app.get<MqttLink>(MqttLink, { strict: false });
  // The broker is left out: requests go straight to the handler, and answers are kept.
  jest.spyOn(link, 'onUp').mockImplementation((_, handler) => void (handle = handler));
  jest.spyOn(link, 'publish').mockImplementation(async (identity, _, payload) => {
    const bytes = Buffer.from(payload as Buffer);
    const end = bytes.indexOf('\n');
    const head = contentAnswerHeadSchema.parse(JSON.parse(bytes.subarray(0, end).toString()));
    answers.push({ applianceId: identity.applianceId, answer: { head, body: bytes.subarray(end + 1) } });
  });
  const messages = controller.app.get(ContentMessages, { strict: false });
  Object.assign(messages, { roles: { has: () => true } });
  messages.onModuleInit();
  for (const tenant of [seed.a, seed.b]) {
    await controller.app.get(DesiredStateService, { strict: false }).recompute(tenant.tenantId, [tenant.ids.appliance]);
    const state = await api.get<ApplianceStateView>(`/api/v1/appliances/${tenant.ids.appliance}/state`);
    policies.set(tenant.ids.appliance, state.facets.find(({ facet }) => facet === 'policy')!.desired!.sha256);
  }
  answers = [];
}, 120_000);
afterAll(() => controller?.stop());

type Question = ContentRequest extends infer R ? (R extends ContentRequest ? Omit<R, 'requestId'> : never) : never;

async function ask(tenant: SeededTenant, question: Question | string): Promise<Answer | null> {
  answers = [];
  await handle({
    identity: { applianceId: tenant.ids.appliance, serial: 'ab' },
    tenantId: tenant.tenantId,
    enrolmentId: randomUUID(),
    channel: 'content',
    payload: Buffer.from(typeof question === 'string' ? question : JSON.stringify({ ...question, requestId: randomUUID() })),
    receivedAt: new Date(),
    retained: false,
  });
  return answers[0]?.answer ?? null;
}

const policyOf = (tenant: SeededTenant) => policies.get(tenant.ids.appliance)!;
const withoutId = (answer: Answer | null) => ({ ...answer!.head, requestId: '', body: answer!.body.toString() });

describe('a box', () => {
  it('is given the manifest and the chunks of what its desired state names', async () => {
    const manifest = await ask(seed.a, { kind: 'manifest', sha256: policyOf(seed.a) });
    const { chunks, length } = JSON.parse(manifest!.body.toString()) as ChunkManifest;
    expect(chunks).toHaveLength(1);
    const chunk = await ask(seed.a, { kind: 'chunk', sha256: policyOf(seed.a), index: 0 });
    expect(chunk!.head).toMatchObject({ status: 'ok', length });
    expect(sha256Hex(chunk!.body)).toBe(policyOf(seed.a));
    expect(JSON.parse(chunk!.body.toString())).toMatchObject({ applianceId: seed.a.ids.appliance });
  });

  it('that asks for another box’s chunk is answered as for one that does not exist', async () => {
    // B has fetched its own: it lies in the cache now.
    expect((await ask(seed.b, { kind: 'chunk', sha256: policyOf(seed.b), index: 0 }))!.head.status).toBe('ok');
    for (const kind of ['chunk', 'manifest'] as const) {
      const rest = kind === 'chunk' ? { index: 0 } : {};
      const foreign = await ask(seed.a, { kind, sha256: policyOf(seed.b), ...rest } as Question);
      const nothing = await ask(seed.a, { kind, sha256: 'f'.repeat(64), ...rest } as Question);
      expect(withoutId(foreign)).toEqual(withoutId(nothing));
      expect(foreign!.head.status).toBe('missing');
    }
    const beyond = await ask(seed.a, { kind: 'chunk', sha256: policyOf(seed.a), index: 7 });
    expect(beyond!.head.status).toBe('missing');
  });

  it('reads the metadata of the provider and of its own tenant, and of no other', async () => {
    const own = await ask(seed.a, { kind: 'metadata', repository: 'tenant', name: 'timestamp.json' });
    const other = await ask(seed.b, { kind: 'metadata', repository: 'tenant', name: 'timestamp.json' });
    expect([own!.head.status, other!.head.status]).toEqual(['ok', 'ok']);
    expect(own!.body.equals(other!.body)).toBe(false);
    const provider = await Promise.all(
      [seed.a, seed.b].map((tenant) => ask(tenant, { kind: 'metadata', repository: 'provider', name: '1.root.json' })),
    );
    expect(provider[0]?.head.status ?? provider[1]?.head.status).toBe('ok');
    expect((await ask(seed.a, { kind: 'metadata', repository: 'tenant', name: '2.root.json' }))!.head.status).toBe('missing');
  });

  it.each(['', 'not json', '{"kind":"chunk"}', '{"kind":"metadata","repository":"tenant","name":"../../etc/passwd.json"}'])(
    'that sends %j is not answered, and nothing breaks',
    async (payload) => {
      expect(await ask(seed.a, payload)).toBeNull();
    },
  );

  it('is told to come back while too many requests are worked on', async () => {
    const messages = controller.app.get(ContentMessages, { strict: false }) as unknown as { pending: number };
    messages.pending = 1_000_000;
    const busy = await ask(seed.a, { kind: 'manifest', sha256: policyOf(seed.a) });
    messages.pending = 0;
    expect(busy!.head).toMatchObject({ status: 'busy' });
  });
});

describe('joined readings', () => {
  it('serve all who asked before one began, and none who asked after', async () => {
    const reads = new JoinedReads<number>();
    let value = 0;
    let loads = 0;
    const load = async () => {
      loads += 1;
      const seen = value;
      await sleep(5);
      return seen;
    };
    const early = reads.read('key', load);
    value = 1;
    const late = [reads.read('key', load), reads.read('key', load), reads.read('other', load)];
    expect([await early, ...(await Promise.all(late))]).toEqual([0, 1, 1, 1]);
    expect(loads).toBe(3);
  });
});

describe('the cache', () => {
  it('keeps what was used last, within its bytes', () => {
    const cache = new ByteCache(2_500);
    const piece = (fill: string) => ({ sha256: fill, body: Buffer.alloc(600, fill) });
    cache.set('a', piece('a'));
    cache.set('b', piece('b'));
    cache.get('a');
    cache.set('c', piece('c'));
    expect(['a', 'b', 'c'].map((key) => cache.get(key) !== null)).toEqual([true, false, true]);
    cache.set('huge', { sha256: '', body: Buffer.alloc(5_000) });
    expect(cache.get('huge')).toBeNull();
    expect(cache.get('c')).not.toBeNull();
  });
});
