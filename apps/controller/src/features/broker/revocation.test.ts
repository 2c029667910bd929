import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { downTopic, upTopic } from '@phalanx/contracts';
import { sleep } from '@phalanx/kit';
import { waitUntil } from '@phalanx/testing';
import mqtt, { MqttClient } from 'mqtt';
import { MqttLink, type UpMessage } from '../../platform/mqtt/mqtt-link.js';
import { BoxWorld, type HeldBox } from '../../testing/box-world.js';
import { PkiService } from '../pki/index.js';
import { BrokerAdmin } from './broker-admin.js';
import { BrokerFolder } from './broker-folder.js';
import { installRevocationFile } from './revocation-file.js';

async function enrolmentId(world: BoxWorld, box: HeldBox): Promise<string> {
  const rows = await world.api.all<{ id: string; serial: string }>(`/api/v1/enrolments?applianceId=${box.applianceId}`);
  return rows.find((row) => row.serial === box.identity.serial)!.id;
}

/** Tries to come back for a while, by full handshakes and by a remembered session, reading and writing wherever it gets in. */
async function hammer(
  world: BoxWorld,
  box: HeldBox,
  session: Buffer | null,
  forMs: number,
): Promise<{ attempts: number; delivered: number }> {
  const until = Date.now() + forMs;
  let attempts = 0;
  let delivered = 0;
  while (Date.now() < until) {
    attempts++;
    const options = {
      host: '127.0.0.1',
      port: world.brokerPort,
      ca: box.grant.caPem,
      cert: box.grant.certificatePem,
      key: box.privateKeyPem,
    };
    const client = new MqttClient(() => connectTls({ ...options, ...(session && attempts % 2 ? { session } : {}) }), {
      protocolVersion: 5,
      clientId: 'x',
      reconnectPeriod: 0,
      connectTimeout: 1_000,
    });
    client.on('error', () => undefined);
    client.on('message', () => delivered++);
    client.on('connect', () => {
      client.subscribe('#', { qos: 1 });
      client.subscribe(downTopic(box.identity, 'desired'), { qos: 1 });
      client.publish(upTopic(box.identity, 'reported'), 'after revocation', { qos: 1 });
    });
    await new Promise<void>((resolve) => {
      client.once('close', () => resolve());
      setTimeout(() => client.end(true, () => resolve()), 300);
    });
    await sleep(20);
  }
  return { attempts, delivered };
}

describe('revocation at the broker', () => {
  let world: BoxWorld;
  let link: MqttLink;
  const accepted: UpMessage[] = [];

  beforeAll(async () => {
    world = await BoxWorld.start();
    link = world.controller.app.get(MqttLink, { strict: false });
    link.onUp('reported', async (message) => void accepted.push(message));
  });
  afterAll(() => world?.stop());

  it('cuts the live connection within two seconds, spares others, and nothing passes afterwards', async () => {
    const bystander = await world.enrolBox(await world.addPlace('bystander'));
    const other = await world.connect(bystander);
    let isOtherClosed = false;
    other.once('close', () => (isOtherClosed = true));
    const box = await world.enrolBox(await world.addPlace('revoked'));
    let session: Buffer | null = null;
    const client = await mqttWithSession(world, box, (ticket) => (session = ticket));
    await client.publishAsync(upTopic(box.identity, 'reported'), 'before', { qos: 1 });
    await waitUntil('the first message', () => accepted.some((message) => message.identity.serial === box.identity.serial));
    await link.publish(box.identity, 'desired', 'retained for the box', { retain: true });

    const startedAt = performance.now();
    const id = await enrolmentId(world, box);
    const closed = new Promise<number>((resolve) => client.once('close', () => resolve(performance.now())));
    await world.api.post(`/api/v1/enrolments/${id}/revoke`, { reason: 'stolen' });
    expect((await closed) - startedAt).toBeLessThan(2_000);
    expect(await world.api.get(`/api/v1/appliances/${box.applianceId}`)).toMatchObject({ online: false, syncState: 'never-enrolled' });

    accepted.length = 0;
    await waitUntil('a session ticket', () => session);
    const { attempts, delivered } = await hammer(world, box, session, 4_000);
    expect(attempts).toBeGreaterThan(10);
    expect(delivered).toBe(0);
    expect(accepted.filter((message) => message.identity.serial === box.identity.serial)).toEqual([]);
    expect(isOtherClosed).toBe(false);
    const [entry] = (await world.audit('enrolment.revoke')).filter((row) => row.details['serial'] === box.identity.serial);
    expect(entry).toMatchObject({ subject: `appliance:${box.applianceId}`, outcome: 'done', details: { reason: 'stolen' } });
  });

  it('hears nothing of a revoked box even where the broker still lets it speak', async () => {
    const box = await world.enrolBox(await world.addPlace('unheard'));
    const client = await world.connect(box);
    // The broker is not told: only the table says so.
    await world.owner.query(`update enrolments set state = 'revoked' where serial = $1`, [box.identity.serial]);
    await world.owner.query(`select pg_notify('phalanx_enrolments', $1)`, [`${box.identity.applianceId}.${box.identity.serial}`]);
    accepted.length = 0;
    await client.publishAsync(upTopic(box.identity, 'reported'), 'unheard', { qos: 1 });
    const witness = await world.enrolBox(await world.addPlace('witness'));
    await (await world.connect(witness)).publishAsync(upTopic(witness.identity, 'reported'), 'heard', { qos: 1 });
    await waitUntil('the witness', () => accepted.some((message) => message.payload.toString() === 'heard'));
    expect(accepted.map((message) => message.payload.toString())).toEqual(['heard']);
  });

  it('locks a quarantined box out until it is released', async () => {
    const box = await world.enrolBox(await world.addPlace('held'));
    const client = await world.connect(box);
    await client.publishAsync(upTopic(box.identity, 'reported'), 'x', { qos: 1 });
    const id = await enrolmentId(world, box);
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    await world.api.post(`/api/v1/enrolments/${id}/quarantine`, { reason: 'looks odd' });
    await closed;
    await expect(world.connect(box)).rejects.toThrow();
    expect((await world.api.get<{ syncState: string }>(`/api/v1/appliances/${box.applianceId}`)).syncState).toBe('quarantined');
    expect((await world.postRenew(box)).body['code']).toBe('enrolment.quarantined');
    await world.api.post(`/api/v1/enrolments/${id}/release`, { reason: 'it was us' });
    const back = await waitUntil('the box to be let in again', () => world.connect(box));
    expect(back.connected).toBe(true);
  });

  it('clears what was retained for a box that is locked out', async () => {
    const box = await world.enrolBox(await world.addPlace('cleared'));
    await link.publish(box.identity, 'desired', 'retained secret plan', { retain: true });
    await world.api.post(`/api/v1/enrolments/${await enrolmentId(world, box)}/revoke`, { reason: 'gone' });
    const observer = await observe(world);
    await waitUntil('nothing to be retained', async () => !(await retainedFor(observer, box)).length, { timeoutMs: 5_000 });
    observer.end(true);
  });

  it('revokes a box that is deleted', async () => {
    const box = await world.enrolBox(await world.addPlace('deleted'));
    const client = await world.connect(box);
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    await world.owner.query('delete from appliances where id = $1', [box.applianceId]);
    await closed;
    await waitUntil('the box to be refused', () =>
      world.connect(box).then(
        () => false,
        () => true,
      ),
    );
  });

  it('never installs a broken, foreign or incomplete list, and renews the one in place', async () => {
    const folder = world.controller.app.get(BrokerFolder, { strict: false });
    const pki = world.controller.app.get(PkiService, { strict: false });
    const inPlace = readFileSync(folder.revocationList, 'utf8');
    const chain = readFileSync(folder.authorities, 'utf8').match(/-----BEGIN[\s\S]+?END CERTIFICATE-----\n/g)!;
    const [issuing, root] = chain as [string, string];
    const lines = inPlace.split('\n');
    const truncated = [...lines.slice(0, 2), ...lines.slice(-2)].join('\n');
    for (const [broken, issuer, serials] of [
      ['', issuing, []],
      ['garbage', issuing, []],
      [truncated, issuing, []],
      [inPlace.replace(/X509 CRL/g, 'CRL'), issuing, []],
      [inPlace, root, []],
      [inPlace, issuing, ['1234']],
    ] as const) {
      await expect(installRevocationFile(folder, broken, issuer, serials)).rejects.toMatchObject({ code: 'trust.bad-crl' });
      expect(readFileSync(folder.revocationList, 'utf8')).toBe(inPlace);
    }
    // A list that somebody broke by hand is healed by the next refresh.
    writeFileSync(folder.revocationList, 'broken');
    await world.controller.app.get(BrokerAdmin, { strict: false }).refresh();
    await pki.withRevocationList([], async (list) => expect(list.pem).toContain('X509 CRL'));
    expect(readFileSync(folder.revocationList, 'utf8')).toContain('BEGIN X509 CRL');
    expect(readFileSync(join(folder.root, 'dynsec.json'), 'utf8').length).toBeLessThan(5_000);
  });

  it('comes back after the broker was killed, and the revoked stay out', async () => {
    const box = await world.enrolBox(await world.addPlace('after-kill'));
    await world.api.post(`/api/v1/enrolments/${await enrolmentId(world, box)}/revoke`, { reason: 'x' });
    await waitUntil('the box to be refused', () =>
      world.connect(box).then(
        () => false,
        () => true,
      ),
    );
    await world.restartBroker();
    await expect(world.connect(box)).rejects.toThrow();
    await waitUntil('the controller to be back', () => link.receiving().connectedSince);
    const fresh = await world.enrolBox(await world.addPlace('fresh'));
    await (await world.connect(fresh)).publishAsync(upTopic(fresh.identity, 'reported'), 'fresh', { qos: 1 });
    await waitUntil('its message', () => accepted.some((message) => message.payload.toString() === 'fresh'));
  });
});

async function mqttWithSession(world: BoxWorld, box: HeldBox, onSession: (ticket: Buffer) => void): Promise<MqttClient> {
  const client = new MqttClient(
    () => {
      const options = {
        host: '127.0.0.1',
        port: world.brokerPort,
        ca: box.grant.caPem,
        cert: box.grant.certificatePem,
        key: box.privateKeyPem,
      };
      const socket = connectTls(options);
      socket.on('session', onSession);
      return socket;
    },
    { protocolVersion: 5, clientId: 'first', reconnectPeriod: 0 },
  );
  client.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('close', () => reject(new Error('refused')));
  });
  return client;
}

/** A client with the controller's own certificate. */
async function observe(world: BoxWorld): Promise<MqttClient> {
  const { certificatePem, privateKeyPem } = await world.controller.app.get(PkiService, { strict: false }).controller();
  const address = { host: '127.0.0.1', port: world.ports()['control']!, protocol: 'mqtts' as const };
  return mqtt.connectAsync({
    ...address,
    ca: world.rootPem(),
    cert: certificatePem,
    key: privateKeyPem,
    protocolVersion: 5,
    reconnectPeriod: 0,
  });
}

async function retainedFor(observer: MqttClient, box: HeldBox): Promise<string[]> {
  const retained: string[] = [];
  const listen = (topic: string, payload: Buffer) => void (payload.length > 0 && retained.push(topic));
  observer.on('message', listen);
  const filter = downTopic(box.identity, 'desired');
  await observer.subscribeAsync(filter, { qos: 1 });
  await observer.subscribeAsync('barrier', { qos: 1 });
  await observer.publishAsync('barrier', 'x', { qos: 1 });
  await waitUntil('the barrier', () => retained.includes('barrier'));
  observer.off('message', listen);
  await observer.unsubscribeAsync([filter, 'barrier']);
  return retained.filter((topic) => topic !== 'barrier');
}
