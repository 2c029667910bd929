import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  type ApplianceView,
  type ContentAnswerHead,
  DOWN_CHANNELS,
  downTopic,
  type EnrolmentIdentity,
  UP_CHANNELS,
  upTopic,
} from '@phalanx/contracts';
import { sleep } from '@phalanx/kit';
import { setLevel, waitInSync, waitUntil } from '@phalanx/testing';
import type { MqttClient } from 'mqtt';
import { connectAs, publishCode } from '../e2e/captured-identity.js';
import { storedSums } from '../e2e/database.js';
import { FORGED, forgedBatch, forgedFarewell, forgedHeartbeat } from './forged-messages.js';
import type { Say } from './scenario.js';
import { attackOnce, eventOf, type TwoTenants } from './two-tenants.js';

const NOT_AUTHORISED = 135;

interface Heard {
  readonly topic: string;
  readonly payload: Buffer;
}

function listen(client: MqttClient): Heard[] {
  const heard: Heard[] = [];
  client.on('message', (topic, payload) => heard.push({ topic, payload }));
  return heard;
}

/** Asks the controller over `up/content`, and answers what came back on `down/content`. Needs a subscription to it. */
export async function askContent(
  client: MqttClient,
  heard: readonly Heard[],
  identity: EnrolmentIdentity,
  request: object,
): Promise<{ head: ContentAnswerHead; body: Buffer }> {
  const requestId = randomUUID();
  await client.publishAsync(upTopic(identity, 'content'), JSON.stringify({ ...request, requestId }), { qos: 1 });
  const { payload } = await waitUntil(
    'an answer to a content request',
    () => heard.find((message) => message.payload.includes(requestId)),
    { timeoutMs: 10_000 },
  );
  const end = payload.indexOf('\n');
  return { head: JSON.parse(payload.toString('utf8', 0, end)) as ContentAnswerHead, body: payload.subarray(end + 1) };
}

/** Filters by which a box might hear another one. */
function filtersAgainst(victim: EnrolmentIdentity): string[] {
  const name = `${victim.applianceId}.${victim.serial}`;
  const plain = [
    '#',
    '+/#',
    'px/#',
    'px/v1/#',
    'px/v1/+/down/#',
    'px/v1/+/up/#',
    'px/v1/+/+/+',
    `px/v1/${name}/#`,
    `+/+/${name}/down/desired`,
  ];
  const each = [...DOWN_CHANNELS.map((channel) => downTopic(victim, channel)), ...UP_CHANNELS.map((channel) => upTopic(victim, channel))];
  const all = [...plain, ...each];
  return [...all, ...all.map((filter) => `$share/x/${filter}`), '$SYS/#', '$CONTROL/#', '$CONTROL/dynamic-security/v1/response'];
}

/** Box A subscribes to everything while the controller and box B talk: nothing of it is delivered to A. */
export async function checkDeliveries({ fixture, a, b }: TwoTenants, say: Say): Promise<void> {
  const client = await connectAs(a.captured);
  const heard = listen(client);
  const filters = filtersAgainst(b.captured.identity);
  let granted = 0;
  for (const filter of filters) {
    try {
      granted += (await client.subscribeAsync(filter, { qos: 1 })).filter((grant) => grant.qos < 128).length;
    } catch {
      // A refusal is as good as a silence: what counts is what is delivered.
    }
  }
  // Desired state, content, acknowledgements and reports of B pass while A listens.
  for (const level of ['detection', 'prevention'] as const) {
    await setLevel(fixture.api, b.box.application.id, level);
    await waitInSync(fixture.api, b.box.appliance.id);
  }
  await eventOf(fixture.api, await attackOnce(b.box));
  // What is retained for B is looked for by a connection that comes later, too.
  const late = await connectAs(a.captured);
  const heardLate = listen(late);
  for (const filter of filters) await late.subscribeAsync(filter, { qos: 1 }).catch(() => undefined);
  await late.subscribeAsync(downTopic(a.captured.identity, 'content'), { qos: 1 });
  // A's own answer, asked for last, shows that what was on its way has come.
  const { head } = await askContent(late, heardLate, a.captured.identity, {
    kind: 'metadata',
    repository: 'tenant',
    name: 'timestamp.json',
  });
  assert.equal(head.status, 'ok');
  const foreign = [...heard, ...heardLate].filter(({ topic }) => !topic.startsWith(`px/v1/${a.captured.identity.applianceId}.`));
  assert.deepEqual(
    foreign.map(({ topic }) => topic),
    [],
  );
  say(`${filters.length} filters, ${granted} granted, ${heard.length + heardLate.length} messages of the own box, 0 of the other`);
  late.end(true);
}

/** Box A writes B's topics, retained and by its last will too: nothing is taken, and B's record stays true. */
export async function checkForgeries({ fixture, a, b }: TwoTenants, say: Say): Promise<void> {
  const victim = b.captured.identity;
  const own = a.captured.identity;
  const view = (id: string) => fixture.api.get<ApplianceView>(`/api/v1/appliances/${id}`);
  const before = await view(victim.applianceId);
  const client = await connectAs(a.captured);
  let refused = 0;
  const forgeries = (identity: EnrolmentIdentity): [string, string][] => [
    [upTopic(identity, 'heartbeat'), forgedHeartbeat()],
    [upTopic(identity, 'presence'), forgedFarewell()],
    [upTopic(identity, 'events'), forgedBatch(`${FORGED}-${identity === victim ? 'b' : 'a'}`)],
  ];
  const others: [string, string][] = [
    ...UP_CHANNELS.map((channel): [string, string] => [upTopic(victim, channel), '{}']),
    ...DOWN_CHANNELS.map((channel): [string, string] => [downTopic(victim, channel), '{}']),
    ...DOWN_CHANNELS.map((channel): [string, string] => [downTopic(own, channel), '{}']),
    [`px/v1/${victim.applianceId}.${own.serial}/up/events`, forgedBatch(`${FORGED}-b`)],
    [`px/v1/${own.applianceId}.${victim.serial}/up/events`, forgedBatch(`${FORGED}-b`)],
    ['$CONTROL/dynamic-security/v1', JSON.stringify({ commands: [{ command: 'listClients' }] })],
    ['$SYS/broker/version', 'x'],
  ];
  for (const [topic, payload] of [...forgeries(victim), ...others]) {
    for (const retain of [false, true]) {
      assert.equal(await publishCode(client, topic, payload, retain), NOT_AUTHORISED, `${topic} was taken`);
      refused++;
    }
  }
  client.stream.destroy();
  // Wills: of the three that are B's nothing may come, the own one shows that they would have been stored.
  const wills: [string, string][] = [
    [upTopic(victim, 'events'), forgedBatch(`${FORGED}-b`)],
    [upTopic(victim, 'presence'), forgedFarewell()],
    [downTopic(victim, 'desired'), '{}'],
    [upTopic(own, 'events'), forgedBatch(`${FORGED}-a-will`)],
  ];
  for (const [topic, payload] of wills) {
    for (const retain of [false, true]) {
      const dying = await connectAs(a.captured, { will: { topic, payload: Buffer.from(payload), qos: 1, retain } }).catch(() => null);
      dying?.stream.destroy();
      await sleep(50);
    }
  }
  // The same messages on A's own topics are taken, so they were good enough to be believed.
  const honest = await connectAs(a.captured);
  for (const [topic, payload] of forgeries(own)) assert.ok((await publishCode(honest, topic, payload)) < 128, `${topic} was refused`);
  honest.end(true);
  const stored = async (id: string) =>
    (await storedSums(fixture.stack.databaseUrl, id)).requestIds.filter((requestId) => requestId.startsWith(FORGED));
  await waitUntil('the own forgeries to be believed', async () => {
    const ids = await stored(own.applianceId);
    return ids.includes(`${FORGED}-a`) && ids.includes(`${FORGED}-a-will`) && (await view(own.applianceId)).agentVersion === FORGED;
  });
  assert.deepEqual(await stored(victim.applianceId), []);
  const after = await waitInSync(fixture.api, victim.applianceId);
  assert.equal(after.online, true);
  assert.equal(after.agentVersion, before.agentVersion);
  await eventOf(fixture.api, await attackOnce(b.box));
  say(`${refused} forged messages refused, ${wills.length * 2} last wills: B is online, in sync and its events are its own`);
}
