import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { downFilter, downTopic, type EventBatch, type EventView, type LiveMessage, upTopic } from '@phalanx/contracts';
import { RestClient, waitUntil } from '@phalanx/testing';
import type { MqttClient } from 'mqtt';
import { BoxWorld, type HeldBox } from '../../testing/box-world.js';
import { sampleAttack, sampleBatch } from '../../testing/sample-events.js';

const PASSWORD = 'a long enough password';
let world: BoxWorld;
let boxes: { box: HeldBox; client: MqttClient; acks: { stream: string; next: number | null }[] }[];

beforeAll(async () => {
  world = await BoxWorld.start();
  boxes = [];
  for (const name of ['north', 'south']) {
    const box = await world.enrolBox(await world.addPlace(name));
    const client = await world.connect(box);
    const acks: { stream: string; next: number | null }[] = [];
    client.on('message', (topic, payload) => {
      if (topic === downTopic(box.identity, 'ack')) acks.push(JSON.parse(payload.toString()) as { stream: string; next: number | null });
    });
    await client.subscribeAsync(downFilter(box.identity), { qos: 1 });
    boxes.push({ box, client, acks });
  }
}, 90_000);
afterAll(() => world.stop(), 60_000);

async function ship(index: number, message: string): Promise<void> {
  const { box, client, acks } = boxes[index]!;
  const batch = JSON.parse(message.split('\n')[0]!) as EventBatch;
  await client.publishAsync(upTopic(box.identity, 'events'), message, { qos: 1 });
  await waitUntil('the acknowledgement', () => acks.some((ack) => ack.stream === batch.stream && ack.next === batch.next));
}

/** A stream of server-sent events, on a connection of its own. */
class LiveReader {
  readonly messages: { event: string; data: LiveMessage }[] = [];
  isEnded = false;

  private constructor(private readonly response: IncomingMessage) {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      const frames = (text + chunk).split('\n\n');
      text = frames.pop()!;
      for (const frame of frames) {
        const match = /^event: (\w+)\ndata: (.*)$/.exec(frame);
        if (match) this.messages.push({ event: match[1]!, data: JSON.parse(match[2]!) as LiveMessage });
      }
    });
    response.once('close', () => (this.isEnded = true)).once('error', () => undefined);
  }

  static async open(headers: Record<string, string>, query = ''): Promise<LiveReader> {
    const request = get(`${world.controller.url}/api/v1/live${query}`, { headers, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) {
      response.destroy();
      throw new Error(`answered ${response.statusCode}`);
    }
    expect(response.headers['content-type']).toMatch(/^text\/event-stream/);
    return new LiveReader(response);
  }

  close(): void {
    this.response.destroy();
  }
}

/** An operator who sees one tenant, with an API token. */
async function tokenOf(tenantId: string, name: string): Promise<{ operatorId: string; headers: Record<string, string> }> {
  const operator = await world.api.post<{ id: string }>('/api/v1/operators', {
    username: name,
    displayName: name,
    password: PASSWORD,
    bindings: [{ role: 'tenant-admin', tenantId }],
  });
  const client = await RestClient.signIn(world.controller.url, name, PASSWORD);
  const { secret } = await client.post<{ secret: string }>('/api/v1/tokens', {
    name: 'live',
    permissions: ['event:read'],
    expiresInDays: 1,
  });
  return { operatorId: operator.id, headers: { authorization: `Bearer ${secret}` } };
}

describe('events from a box’s connection to open screens', () => {
  it('are readable by REST and told live, to those alone who may read them', async () => {
    const [north, south] = boxes.map(({ box }) => box) as [HeldBox, HeldBox];
    const northern = await tokenOf(north.tenantId, 'northern');
    const reader = await LiveReader.open(northern.headers);
    const [seen, hidden] = [sampleAttack(), sampleAttack()];
    await ship(1, sampleBatch(randomUUID(), 0, [hidden]));
    await ship(0, sampleBatch(randomUUID(), 0, [seen]));
    const { data } = await waitUntil('the live message', () => reader.messages[0]);
    expect(data).toMatchObject({ topic: 'event', tenantId: north.tenantId, event: { requestId: seen.requestId, rules: [{ id: 942100 }] } });

    const list = async (query: string): Promise<EventView[]> => {
      const response = await fetch(`${world.controller.url}/api/v1/events?${query}`, { headers: northern.headers });
      expect(response.status).toBe(200);
      return ((await response.json()) as { items: EventView[] }).items;
    };
    expect((await list(`requestId=${seen.requestId}`))[0]).toMatchObject({ applianceId: north.applianceId, action: 'blocked' });
    expect(await list(`requestId=${hidden.requestId}`)).toEqual([]);
    expect(await list(`tenantId=${south.tenantId}`)).toEqual([]);
    const foreign = (await world.api.get<{ items: EventView[] }>(`/api/v1/events?requestId=${hidden.requestId}`)).items[0]!;
    const answer = await fetch(`${world.controller.url}/api/v1/events/${foreign.id}`, { headers: northern.headers });
    expect(answer.status).toBe(404);
    expect(reader.messages.filter(({ event }) => event === 'event')).toHaveLength(1);
    reader.close();
  });

  it('are listed in pages without gap or repeat, and filtered', async () => {
    const events = Array.from({ length: 25 }, (_, index) =>
      sampleAttack({
        time: new Date(Date.now() - 3_600_000 + Math.floor(index / 5) * 1000).toISOString(),
        bootId: 'none',
        path: `/page/${index}%`,
        userAgent: 'pager',
        action: index % 2 ? 'detected' : 'blocked',
        source: index < 10 ? '2001:db8::1' : '198.51.100.9',
        rules: [{ ...sampleAttack().rules[0]!, id: 900_000 + index }],
      }),
    );
    await ship(0, sampleBatch(randomUUID(), 0, events));
    const { tenantId, applianceId } = boxes[0]!.box;
    const seen: string[] = [];
    let cursor = '';
    do {
      const query = `tenantId=${tenantId}&q=${encodeURIComponent('/page/')}&limit=7${cursor && `&cursor=${cursor}`}`;
      const page: { items: EventView[]; nextCursor: string | null } = await world.api.get(`/api/v1/events?${query}`);
      seen.push(...page.items.map((item) => (item.kind === 'attack' ? item.path : '')));
      cursor = page.nextCursor ?? '';
    } while (cursor);
    expect(seen).toHaveLength(25);
    expect(new Set(seen)).toEqual(new Set(events.map((event) => event.path)));
    const count = async (query: string) =>
      (await world.api.get<{ items: unknown[] }>(`/api/v1/events?limit=200&applianceId=${applianceId}&${query}`)).items.length;
    expect(await count(`q=${encodeURIComponent('/page/1')}&action=detected`)).toBe(6);
    expect(await count(`q=${encodeURIComponent('0%')}`)).toBe(3);
    expect(await count('source=2001:DB8::1')).toBe(10);
    expect(await count('source=2001:0db8:0:0::0001')).toBe(10);
    expect(await count('source=198.51.100.9')).toBe(15);
    expect(await count('ruleId=900003')).toBe(1);
    expect(await count('q=page&from=0000-01-01T00:00:00Z&to=0001-01-01T00:00:00Z')).toBe(0);
    const from = new Date(Date.now() - 7_200_000).toISOString();
    const sums = await world.api.get<{ items: { blocked: number; detected: number }[] }>(
      `/api/v1/event-rollups?applianceId=${applianceId}&from=${from}&to=${new Date(Date.now() - 1_800_000).toISOString()}&bucketMinutes=60`,
    );
    expect(sums.items.reduce((sum, item) => sum + item.detected, 0)).toBe(12);
    expect(sums.items.reduce((sum, item) => sum + item.blocked, 0)).toBe(13);
  });

  it('end when the caller’s right ends', async () => {
    const { operatorId, headers } = await tokenOf(boxes[1]!.box.tenantId, 'southern');
    const reader = await LiveReader.open(headers, '?topics=event');
    await world.api.change('PATCH', `/api/v1/operators/${operatorId}`, { disabled: true });
    await waitUntil('the stream to end', () => reader.isEnded, { timeoutMs: 10_000 });
    await expect(LiveReader.open(headers)).rejects.toThrow(/401/);
    await expect(LiveReader.open({})).rejects.toThrow(/401/);
  });

  it('name what changed of an appliance, and how it is', async () => {
    const { box, client } = boxes[0]!;
    const reader = await LiveReader.open({ authorization: await tokenHeader() }, `?topics=appliance&tenantId=${box.tenantId}`);
    await client.publishAsync(upTopic(box.identity, 'presence'), JSON.stringify({ connectionId: 'connection-1', state: 'online' }), {
      qos: 1,
    });
    const { data } = await waitUntil('the live message', () => reader.messages[0]);
    expect(data).toEqual({ topic: 'appliance', tenantId: box.tenantId, id: box.applianceId });
    reader.close();
    const health = await world.api.get<{ online: boolean; box: unknown }>(`/api/v1/appliances/${box.applianceId}/health`);
    expect(health).toMatchObject({ online: true, box: null });
  });
});

async function tokenHeader(): Promise<string> {
  const { secret } = await world.api.post<{ secret: string }>('/api/v1/tokens', {
    name: 'all',
    permissions: ['event:read', 'fleet:read'],
    expiresInDays: 1,
  });
  return `Bearer ${secret}`;
}
