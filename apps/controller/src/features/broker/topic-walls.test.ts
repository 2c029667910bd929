import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { downTopic, upTopic } from '@phalanx/contracts';
import { sleep } from '@phalanx/kit';
import { waitUntil } from '@phalanx/testing';
import type { MqttClient } from 'mqtt';
import { MqttLink, type UpMessage } from '../../platform/mqtt/mqtt-link.js';
import { BoxWorld, type HeldBox } from '../../testing/box-world.js';

/** Publishes and answers the reason code: 0 and 16 are taken, 135 is refused. */
async function tryPublish(client: MqttClient, topic: string, payload = 'forged', retain = false): Promise<number> {
  try {
    const packet = (await client.publishAsync(topic, payload, { qos: 1, retain })) as { reasonCode?: number } | undefined;
    return packet?.reasonCode ?? 0;
  } catch (error) {
    return (error as { code: number }).code;
  }
}

describe('the walls between boxes at the broker', () => {
  let world: BoxWorld;
  let link: MqttLink;
  let a: HeldBox;
  let b: HeldBox;
  let clientA: MqttClient;
  let clientB: MqttClient;
  const seenByA: string[] = [];
  const seenByB: string[] = [];
  const up: UpMessage[] = [];

  beforeAll(async () => {
    world = await BoxWorld.start();
    link = world.controller.app.get(MqttLink, { strict: false });
    for (const channel of ['reported', 'presence'] as const) link.onUp(channel, async (message) => void up.push(message));
    a = await world.enrolBox(await world.addPlace('box-a'));
    b = await world.enrolBox(await world.addPlace('box-b'));
    clientA = await world.connect(a);
    clientB = await world.connect(b);
    clientA.on('message', (topic) => seenByA.push(topic));
    clientB.on('message', (topic) => seenByB.push(topic));
    await clientB.subscribeAsync(downTopic(b.identity, 'desired'), { qos: 1 });
  });
  afterAll(() => world?.stop());

  /** Something that A may see, sent last: when it has come, whatever else was coming has come too. */
  async function barrier(): Promise<void> {
    const before = seenByA.length;
    await clientA.subscribeAsync(downTopic(a.identity, 'ack'), { qos: 1 });
    await link.publish(a.identity, 'ack', 'barrier');
    await waitUntil('the barrier', () => seenByA.slice(before).includes(downTopic(a.identity, 'ack')));
  }

  it('delivers nothing of another box, whatever is subscribed to', async () => {
    const filters = [
      '#',
      '+/#',
      'px/#',
      'px/v1/+/down/#',
      'px/v1/+/up/#',
      downTopic(b.identity, 'desired'),
      upTopic(b.identity, 'reported'),
    ];
    const shared = filters.map((filter) => `$share/ingress/${filter}`);
    for (const filter of [...filters, ...shared, '$SYS/#', '$CONTROL/#', '$CONTROL/dynamic-security/v1/response'])
      await clientA.subscribeAsync(filter, { qos: 1 }).catch(() => undefined);
    seenByA.length = 0;
    await link.publish(b.identity, 'desired', 'for B alone', { retain: true });
    await clientB.publishAsync(upTopic(b.identity, 'reported'), 'from B', { qos: 1 });
    await waitUntil('B to have its message', () => seenByB.includes(downTopic(b.identity, 'desired')));
    await barrier();
    expect(seenByA.filter((topic) => !topic.includes(a.identity.applianceId))).toEqual([]);
    await waitUntil('the controller to have B’s message, which A’s shared subscription did not take', () =>
      up.some((message) => message.identity.serial === b.identity.serial && message.payload.toString() === 'from B'),
    );
    const filtersOfA = [...filters, ...shared, '$SYS/#', '$CONTROL/#', '$CONTROL/dynamic-security/v1/response'];
    await clientA.unsubscribeAsync(filtersOfA);
  });

  it('does not deliver what is retained for another box', async () => {
    await link.publish(b.identity, 'desired', 'retained for B', { retain: true });
    const seen: string[] = [];
    const late = await world.connect(a);
    late.on('message', (topic) => seen.push(topic));
    await late.subscribeAsync([downTopic(b.identity, 'desired'), '#', 'px/v1/+/down/desired', downTopic(a.identity, 'ack')], { qos: 1 });
    await link.publish(a.identity, 'ack', 'barrier');
    await waitUntil('the barrier', () => seen.includes(downTopic(a.identity, 'ack')));
    expect(seen.filter((topic) => topic.includes(b.identity.applianceId))).toEqual([]);
    // It took over A's client id; the others go on with it.
    clientA = late;
    clientA.on('message', (topic) => seenByA.push(topic));
  });

  it('refuses to write a topic of another box, of the controller, and any that is no channel', async () => {
    const forbidden = [
      upTopic(b.identity, 'reported'),
      upTopic(b.identity, 'presence'),
      downTopic(b.identity, 'desired'),
      downTopic(a.identity, 'desired'),
      `px/v1/${a.identity.applianceId}.${a.identity.serial}/up/other`,
      'px/v1/+/up/reported',
      '$CONTROL/dynamic-security/v1',
      'anything',
    ];
    up.length = 0;
    for (const topic of forbidden) {
      // A topic with a wildcard is a protocol error, which the client itself refuses.
      if (topic.includes('+')) continue;
      expect([topic, await tryPublish(clientA, topic)]).toEqual([topic, 135]);
      expect([topic, await tryPublish(clientA, topic, 'forged', true)]).toEqual([topic, 135]);
    }
    await clientA.publishAsync(upTopic(a.identity, 'reported'), 'last', { qos: 1 });
    await waitUntil('A’s own message', () => up.some((message) => message.payload.toString() === 'last'));
    expect(up.filter((message) => message.payload.toString() === 'forged')).toEqual([]);
    expect(seenByB.filter((topic) => topic === downTopic(b.identity, 'desired')).length).toBeLessThanOrEqual(2);
  });

  it('drops a last will for a topic of another box', async () => {
    up.length = 0;
    const will = (payload: string, topic: string) => ({ topic, payload: Buffer.from(payload), qos: 1 as const, retain: false });
    const forger = await world.connect(a, { will: will('forged will', upTopic(b.identity, 'presence')) });
    forger.stream.destroy();
    const honest = await world.connect(a, { will: will('own will', upTopic(a.identity, 'presence')) });
    honest.stream.destroy();
    await waitUntil('A’s own will', () => up.some((message) => message.payload.toString() === 'own will'));
    expect(up.filter((message) => message.payload.toString() === 'forged will')).toEqual([]);
    clientA = await world.connect(a);
  });

  it('gives a box its own client id, so that it can’t push another one off', async () => {
    let isClosed = false;
    clientB.once('close', () => (isClosed = true));
    clientA = await world.connect(a, { clientId: `${b.identity.applianceId}.${b.identity.serial}` });
    const seen = seenByB.length;
    await link.publish(b.identity, 'desired', 'still there');
    await waitUntil('B to be there still', () => seenByB.length > seen);
    expect(isClosed).toBe(false);
  });

  it('does not let a box in where controllers come in', async () => {
    const ports = world.ports();
    await expect(world.connect(a, { port: ports['control']! })).rejects.toThrow(/unknown ca|certificate/i);
    // The same door opens for a controller: it is the certificate that it refused.
    await sleep(0);
    expect(link.receiving().connectedSince).not.toBeNull();
  });
});
