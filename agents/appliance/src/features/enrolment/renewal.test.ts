import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicKey } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { downTopic, type EnrolmentGrant, parseUpTopic, type RenewAnswer, renewRequestSchema } from '@phalanx/contracts';
import { nodeDisk, silentLogger } from '@phalanx/kit';
import { waitUntil } from '@phalanx/testing';
import { provesPossession } from '@phalanx/trust';
import type { MqttClient } from 'mqtt';
import type { RecordedEvent } from '../../platform/feature.js';
import { MqttControllerLink } from '../../platform/mqtt-controller-link.js';
import { AuthorityWorld, refusal, type Validity } from '../../testing/authority-world.js';
import { ControllerDirectory } from './controller-directory.js';
import { credentialsOf } from './credentials.js';
import { IdentityStore } from './identity-store.js';
import { Renewal } from './renewal.js';

const HOUR_MS = 3_600_000;
/** A life of which this many hours are over and this many are left. */
const hours = (lived: number, left: number): Validity => ({
  notBefore: new Date(Date.now() - lived * HOUR_MS),
  notAfter: new Date(Date.now() + left * HOUR_MS),
});

interface RunningBox {
  readonly store: IdentityStore;
  readonly link: MqttControllerLink;
  readonly first: EnrolmentGrant;
  readonly events: RecordedEvent[];
  renewed: number;
  stop(): Promise<void>;
}

describe('the renewal of a box’s certificate', () => {
  let world: AuthorityWorld;
  let controller: MqttClient;
  const boxes: RunningBox[] = [];
  const asked: string[] = [];

  beforeAll(async () => {
    world = await AuthorityWorld.start();
    controller = await world.controller();
    await controller.subscribeAsync('px/v1/+/up/renew', { qos: 1 });
    controller.on('message', (topic, payload) => void answer(topic, payload));
  });
  afterEach(async () => {
    await Promise.all(boxes.splice(0).map((box) => box.stop()));
    asked.length = 0;
    world.requests.length = 0;
    world.handler = async () => ({ status: 503, body: {} });
  });
  afterAll(() => world?.stop());

  async function answer(topic: string, payload: Buffer): Promise<void> {
    const { identity } = parseUpTopic(topic)!;
    const request = renewRequestSchema.parse(JSON.parse(payload.toString()));
    asked.push(identity.serial);
    const granted: RenewAnswer = { status: 'ok', grant: await world.grantForRequest(request.csrPem, request.applianceId) };
    await controller.publishAsync(downTopic(identity, 'renew'), JSON.stringify(granted), { qos: 1 });
  }

  async function startBox(validity: Validity): Promise<RunningBox> {
    const folder = mkdtempSync(join(tmpdir(), 'phalanx-renewal-'));
    const store = new IdentityStore(nodeDisk, join(folder, 'identity'));
    const first = await world.grant(store.privateKey(), { validity });
    store.saveGrant(first);
    const directory = new ControllerDirectory(first, store);
    const ending = new AbortController();
    const link = new MqttControllerLink({
      credentials: credentialsOf(first, store.privateKey()),
      mqttUrls: () => directory.mqttUrls(),
      logger: silentLogger,
      retry: { firstMs: 20, maxMs: 100 },
    });
    const box: RunningBox = {
      store,
      link,
      first,
      events: [],
      renewed: 0,
      async stop() {
        ending.abort();
        await renewal.stop();
        await link.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
    const context = { logger: silentLogger, signal: ending.signal, record: (event: RecordedEvent) => void box.events.push(event) };
    const renewal = new Renewal({ context, link, store, directory, checkMs: 20, onRenewed: () => box.renewed++ });
    boxes.push(box);
    link.start();
    return box;
  }

  it('happens after two thirds of its life over the link, which is never lost by it', async () => {
    // Beyond the spread that each box adds to the two thirds.
    const box = await startBox(hours(73, 27));
    const breaks: string[] = [];
    box.link.onDisconnected((reason) => breaks.push(reason));
    await waitUntil('the renewal', () => box.renewed === 1);
    expect(asked).toEqual([box.first.serial]);
    expect(box.store.grant()!.serial).not.toBe(box.first.serial);
    expect(box.link.identity.serial).toBe(box.store.grant()!.serial);
    expect(box.link.connectionId()).not.toBeNull();
    expect(breaks).toEqual([]);
    expect(world.requests).toEqual([]);
  });

  it('does not happen before', async () => {
    const box = await startBox(hours(60, 40));
    await waitUntil('the link', () => box.link.connectionId());
    await box.link.publish('reported', 'x');
    // Other boxes renew in the meantime.
    const other = await startBox(hours(90, 10));
    await waitUntil('another box’s renewal', () => other.renewed === 1);
    expect(box.renewed).toBe(0);
    expect(asked).toEqual([other.first.serial]);
  });

  it('happens over HTTPS, with the same key, when the certificate ran out while the box was off', async () => {
    world.handler = async (_, body) => ({
      status: 200,
      body: await world.grantForRequest(String(body['csrPem']), String(body['applianceId'])),
    });
    const box = await startBox(hours(100, -5));
    await waitUntil('the link under the new certificate', () => box.renewed === 1 && box.link.connectionId());
    const request = renewRequestSchema.parse(world.requests[0]!.body);
    const { proof, ...claim } = request;
    expect(request.serial).toBe(box.first.serial);
    expect(provesPossession(claim, proof, createPublicKey(box.store.privateKey()))).toBe(true);
    expect(box.link.identity.serial).toBe(box.store.grant()!.serial);
  });

  it('is not asked for because the broker is away', async () => {
    const box = await startBox(hours(1, 99));
    await waitUntil('the link', () => box.link.connectionId());
    let failures = 0;
    box.link.onRefused(() => failures++);
    await world.killBroker();
    await waitUntil('some failed attempts', () => failures >= 5);
    await world.startBroker();
    await waitUntil('the link', () => box.link.connectionId());
    expect(world.requests).toEqual([]);
    controller = await world.controller();
    controller.on('message', (topic, payload) => void answer(topic, payload));
    await controller.subscribeAsync('px/v1/+/up/renew', { qos: 1 });
  });

  it('that is refused is told once, and tried again only later', async () => {
    world.handler = async () => refusal('enrolment.revoked');
    const box = await startBox(hours(100, -5));
    await waitUntil('the refusal to be recorded', () => box.events.length > 0);
    expect(box.events[0]).toMatchObject({ kind: 'system', code: 'enrolment.renewal-failed', details: { code: 'enrolment.revoked' } });
    let refusals = 0;
    box.link.onRefused(() => refusals++);
    await waitUntil('more attempts of the link', () => refusals >= 10, { timeoutMs: 20_000 });
    expect(world.requests).toHaveLength(1);
    expect(box.store.grant()!.serial).toBe(box.first.serial);
  });
});
