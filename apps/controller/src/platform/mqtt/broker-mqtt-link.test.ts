import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { downTopic, upTopic } from '@phalanx/contracts';
import { waitUntil } from '@phalanx/testing';
import { BoxWorld, type HeldBox } from '../../testing/box-world.js';
import { MqttLink, type UpMessage } from './mqtt-link.js';

describe('the controller’s link to the boxes', () => {
  let world: BoxWorld;
  let link: MqttLink;
  let box: HeldBox;
  let handle: (message: UpMessage) => Promise<void> = async () => undefined;

  beforeAll(async () => {
    world = await BoxWorld.start();
    link = world.controller.app.get(MqttLink, { strict: false });
    link.onUp('reported', (message) => handle(message));
    box = await world.enrolBox(await world.addPlace('link'));
  });
  afterAll(() => world?.stop());

  it('lets a handler publish before its own message is acknowledged', async () => {
    const client = await world.connect(box);
    const answers: string[] = [];
    client.on('message', (_, payload) => answers.push(payload.toString()));
    await client.subscribeAsync(downTopic(box.identity, 'ack'), { qos: 1 });
    handle = ({ identity, payload }) => link.publish(identity, 'ack', payload);
    for (let i = 0; i < 20; i++) client.publish(upTopic(box.identity, 'reported'), String(i), { qos: 1 });
    await waitUntil('all answers', () => answers.length === 20);
    expect(answers).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
  });

  it('goes on after handlers that fail, however many', async () => {
    const client = await world.connect(box);
    let failed = 0;
    let worked = 0;
    // More than the broker may have open with us: each must have been answered for.
    handle = async ({ payload }) => {
      if (payload.toString() === 'bad') {
        failed++;
        throw new Error('no');
      }
      worked++;
    };
    for (let i = 0; i < 1_200; i++) client.publish(upTopic(box.identity, 'reported'), 'bad', { qos: 1 });
    await client.publishAsync(upTopic(box.identity, 'reported'), 'good', { qos: 1 });
    await waitUntil('the good one', () => worked === 1, { timeoutMs: 20_000 });
    expect(failed).toBe(1_200);
  });

  it('holds messages back in the broker while handlers are busy, and loses none', async () => {
    const client = await world.connect(box);
    let release = () => undefined as void;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const seen: number[] = [];
    handle = async ({ payload }) => {
      await gate;
      seen.push(Number(payload.toString()));
    };
    const sent = Array.from({ length: 1_500 }, (_, i) => client.publishAsync(upTopic(box.identity, 'reported'), String(i), { qos: 1 }));
    await Promise.all(sent);
    expect(seen).toEqual([]);
    release();
    await waitUntil('all messages', () => seen.length === 1_500, { timeoutMs: 20_000 });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('knows since when it receives, and is back after the broker was killed', async () => {
    const before = link.receiving().connectedSince!;
    expect(link.receiving().lastMessageAt).not.toBeNull();
    let connections = 0;
    link.onConnected(async () => void connections++);
    await world.restartBroker();
    await waitUntil('the link to be back', () => {
      const { connectedSince } = link.receiving();
      return connectedSince && connectedSince > before;
    });
    await waitUntil('those who asked to be told', () => connections === 1);
    let heard = 0;
    handle = async () => void heard++;
    await (await world.connect(box)).publishAsync(upTopic(box.identity, 'reported'), 'x', { qos: 1 });
    await waitUntil('a message', () => heard === 1);
  });

  it('refuses to publish while there is no broker, soon', async () => {
    await world.killBroker();
    await waitUntil('the break to be noticed', () => link.receiving().connectedSince === null);
    await expect(link.publish(box.identity, 'ack', 'x')).rejects.toMatchObject({ kind: 'unavailable' });
    await world.restartBroker();
  });
});
