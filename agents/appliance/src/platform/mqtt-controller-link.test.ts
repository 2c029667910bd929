import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { downTopic, instanceOf, presenceSchema, type Presence, upTopic } from '@phalanx/contracts';
import { silentLogger } from '@phalanx/kit';
import { freePort, waitUntil } from '@phalanx/testing';
import type { MqttClient } from 'mqtt';
import { AuthorityWorld } from '../testing/authority-world.js';
import type { LinkCredentials } from './link-connection.js';
import { MqttControllerLink } from './mqtt-controller-link.js';

const retry = { firstMs: 20, maxMs: 100 };

describe('the link to the controller', () => {
  let world: AuthorityWorld;
  let controller: MqttClient;
  const received: { topic: string; text: string }[] = [];
  const links: MqttControllerLink[] = [];

  async function listenAsController(): Promise<void> {
    controller = await world.controller();
    controller.on('message', (topic, payload) => received.push({ topic, text: payload.toString() }));
    await controller.subscribeAsync('px/v1/+/up/#', { qos: 1 });
  }

  function linkWith(credentials: LinkCredentials, urls: readonly string[] = [world.mqttUrl]): MqttControllerLink {
    const link = new MqttControllerLink({ credentials, mqttUrls: () => urls, logger: silentLogger, retry });
    links.push(link);
    return link;
  }

  async function connected(link: MqttControllerLink): Promise<string> {
    link.start();
    return waitUntil('the link to stand', () => link.connectionId());
  }

  const presenceOf = (credentials: LinkCredentials): Presence[] =>
    received
      .filter(({ topic }) => topic === upTopic(credentials.identity, 'presence'))
      .map(({ text }) => presenceSchema.parse(JSON.parse(text)));

  beforeAll(async () => {
    world = await AuthorityWorld.start();
    await listenAsController();
  });
  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.stop()));
  });
  afterAll(() => world?.stop());

  it('carries messages both ways and hands each channel’s on in order, one at a time', async () => {
    const credentials = await world.credentials();
    const link = linkWith(credentials);
    const seen: string[] = [];
    let running = 0;
    link.onDown('ack', async (payload) => {
      expect(++running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      seen.push(payload.toString());
    });
    await connected(link);
    for (let i = 0; i < 10; i++) await controller.publishAsync(downTopic(credentials.identity, 'ack'), String(i), { qos: 1 });
    await waitUntil('all messages', () => seen.length === 10);
    expect(seen).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    await link.publish('reported', 'up');
    await waitUntil('the message at the controller', () => received.some(({ text }) => text === 'up'));
  });

  it('hands on what was retained only when the connection can be answered on', async () => {
    const credentials = await world.credentials();
    await controller.publishAsync(downTopic(credentials.identity, 'desired'), 'retained', { qos: 1, retain: true });
    const link = linkWith(credentials);
    const ids: (string | null)[] = [];
    link.onDown('desired', () => void ids.push(link.connectionId()));
    const id = await connected(link);
    await waitUntil('the retained message', () => ids.length > 0);
    expect(ids).toEqual([id]);
  });

  it('gives up a connection that may hang for a new one when it is asked to', async () => {
    const link = linkWith(await world.credentials());
    const reasons: string[] = [];
    link.onDisconnected((reason) => reasons.push(reason));
    link.renew();
    const first = await connected(link);
    link.renew();
    expect([link.connectionId(), reasons]).toEqual([null, ['a new one is asked for']]);
    const second = await waitUntil('the new connection', () => link.connectionId());
    expect(second).not.toBe(first);
    await link.publish('reported', 'anew');
    await waitUntil('the message at the controller', () => received.some(({ text }) => text === 'anew'));
  });

  it('leaves a last will that names its connection, and none when it ends as planned', async () => {
    const credentials = await world.credentials();
    const link = linkWith(credentials);
    const id = await connected(link);
    await world.killBroker();
    await waitUntil('the break to be noticed', () => link.connectionId() === null);
    await expect(link.publish('reported', 'x')).rejects.toMatchObject({ kind: 'unavailable' });
    await world.startBroker();
    await listenAsController();
    const second = await waitUntil('the link to be back', () => link.connectionId());
    expect(second).not.toBe(id);
    received.length = 0;
    // A network that breaks without a word: the broker sends the will.
    const clone = await world.clone(credentials);
    await waitUntil('the will of the connection that was taken over', () =>
      presenceOf(credentials).find((p) => p.connectionId === second && p.state === 'offline'),
    );
    clone.end(true);
    const third = await waitUntil('the link to be back', () => link.connectionId());
    await link.stop();
    await controller.publishAsync('barrier', 'x', { qos: 1 });
    expect(presenceOf(credentials).filter((p) => p.connectionId === third && p.state === 'offline')).toEqual([]);
  });

  it('names its connections after its process, which a clone can’t be', async () => {
    const credentials = await world.credentials();
    const [one, other] = [linkWith(credentials), linkWith(credentials)];
    const first = await connected(one);
    expect(instanceOf(await connected(other))).not.toBe(instanceOf(first));
    const again = await waitUntil('the first one to push back', () => (one.connectionId() === first ? null : one.connectionId()));
    expect(instanceOf(again)).toBe(instanceOf(first));
  });

  it('tries the next address when one does not answer', async () => {
    const credentials = await world.credentials();
    const link = linkWith(credentials, [`mqtts://127.0.0.1:${await freePort()}`, world.mqttUrl]);
    await connected(link);
  });

  it('goes over to a new certificate without losing the link', async () => {
    const old = await world.credentials();
    const next = await world.credentials();
    const link = linkWith(old);
    const reasons: string[] = [];
    link.onDisconnected((reason) => reasons.push(reason));
    const first = await connected(link);
    await link.adopt(next);
    expect(link.identity).toEqual(next.identity);
    expect(link.connectionId()).not.toBe(first);
    await link.publish('reported', 'under the new name');
    await waitUntil('the message', () =>
      received.some(({ topic, text }) => topic === upTopic(next.identity, 'reported') && text === 'under the new name'),
    );
    expect(reasons).toEqual([]);
  });

  it('keeps the old certificate’s link when the new one can’t connect', async () => {
    const old = await world.credentials();
    const link = linkWith(old);
    const first = await connected(link);
    const foreign = await AuthorityWorld.start();
    try {
      const { certificatePem, privateKeyPem, identity } = await foreign.credentials();
      await expect(link.adopt({ certificatePem, privateKeyPem, identity, caPem: world.rootPem })).rejects.toMatchObject({
        kind: 'unavailable',
      });
    } finally {
      await foreign.stop();
    }
    expect(link.connectionId()).toBe(first);
    await link.publish('reported', 'still here');
  });

  it('finds its controller although the certificate’s dates are not those of its clock', async () => {
    const past = { notBefore: new Date('2019-01-01'), notAfter: new Date('2020-01-01') };
    const old = await AuthorityWorld.start({ brokerValidity: past });
    try {
      const link = linkWith(await old.credentials(), [old.mqttUrl]);
      await connected(link);
      await link.stop();
    } finally {
      await old.stop();
    }
  });

  describe('to a server that is not ours', () => {
    const servers: Server[] = [];
    afterEach(() => servers.splice(0).forEach((server) => server.close()));

    async function reasonOf(server: { certificatePem: string; privateKeyPem: string }, caPem = world.rootPem): Promise<string> {
      let bytes = 0;
      const listener = createServer({ cert: server.certificatePem, key: server.privateKeyPem }, (socket) => {
        socket.on('error', () => undefined);
        socket.on('data', (chunk) => (bytes += chunk.length));
      });
      servers.push(listener);
      await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
      const credentials = { ...(await world.credentials()), caPem };
      const link = linkWith(credentials, [`mqtts://127.0.0.1:${(listener.address() as AddressInfo).port}`]);
      const refused = new Promise<string>((resolve) => link.onRefused(resolve));
      link.start();
      const reason = await refused;
      expect(link.connectionId()).toBeNull();
      await link.stop();
      return reason;
    }

    it('under another authority is not connected to', async () => {
      const foreign = await AuthorityWorld.start();
      try {
        expect(await reasonOf(await foreign.leaf('broker', 'server'))).toContain('not come from the trusted authority');
        // The same common name is of no help.
        expect(await reasonOf(await world.leaf('broker', 'server'), foreign.rootPem)).toContain('not come from the trusted authority');
      } finally {
        await foreign.stop();
      }
    });

    it('with a box’s certificate is not connected to', async () => {
      expect(await reasonOf(await world.leaf(`${randomUUID()}.1`, 'client'))).toContain('not one of a server');
    });

    it('with a certificate for another host is not connected to', async () => {
      expect(await reasonOf(await world.leaf('broker', 'server', 'other.example'))).toContain('another host');
    });
  });
});
