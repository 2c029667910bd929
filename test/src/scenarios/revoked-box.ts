import assert from 'node:assert/strict';
import { connect as connectTls } from 'node:tls';
import { type ApplianceView, downTopic, upTopic } from '@phalanx/contracts';
import { sleep } from '@phalanx/kit';
import { setLevel, waitUntil } from '@phalanx/testing';
import { MqttClient } from 'mqtt';
import { type CapturedIdentity, captureIdentity, connectAs } from '../e2e/captured-identity.js';
import { asOwner, storedSums } from '../e2e/database.js';
import { renewAtDoor } from './enrolment-door.js';
import { FORGED, forgedBatch, forgedHeartbeat } from './forged-messages.js';
import { auditOf, enrolmentsOf, type HammerResult, type RogueWorld } from './rogue-world.js';
import type { Say } from './scenario.js';

const HAMMER_MS = 60_000;
const REVOCATION_MS = 2_000;

/** Comes back again and again, by full handshakes and by a remembered session, reading and writing wherever it gets in. */
async function hammer({ identity, privateKeyPem, grant }: CapturedIdentity, session: Buffer | null, forMs: number): Promise<HammerResult> {
  const { hostname, port } = new URL(grant.mqttUrls[0]!);
  const until = Date.now() + forMs;
  const result = { attempts: 0, connected: 0, delivered: 0 };
  while (Date.now() < until) {
    const resumed = session && result.attempts++ % 2 === 1 ? { session } : {};
    const client = new MqttClient(
      () => connectTls({ host: hostname, port: Number(port), ca: grant.caPem, cert: grant.certificatePem, key: privateKeyPem, ...resumed }),
      { protocolVersion: 5, clientId: 'revoked', reconnectPeriod: 0, connectTimeout: 2_000 },
    );
    client.on('error', () => undefined);
    client.on('message', () => result.delivered++);
    client.on('connect', () => {
      result.connected++;
      client.subscribe(['#', downTopic(identity, 'desired'), downTopic(identity, 'ack')], { qos: 1 });
      client.publish(upTopic(identity, 'heartbeat'), forgedHeartbeat(), { qos: 1 });
      client.publish(upTopic(identity, 'events'), forgedBatch(`${FORGED}-revoked`), { qos: 1 });
    });
    await new Promise<void>((resolve) => {
      client.once('close', () => resolve());
      setTimeout(() => client.end(true, () => resolve()), 500).unref();
    });
    // A machine with two cores has other things to do as well.
    await sleep(100);
  }
  return result;
}

/** A TLS session ticket of the broker, as a box keeps one. */
async function ticketOf(captured: CapturedIdentity): Promise<Buffer | null> {
  const { hostname, port } = new URL(captured.grant.mqttUrls[0]!);
  return new Promise((resolve) => {
    const { caPem: ca, certificatePem: cert } = captured.grant;
    const socket = connectTls({ host: hostname, port: Number(port), ca, cert, key: captured.privateKeyPem });
    socket.once('session', (session) => {
      resolve(session);
      socket.destroy();
    });
    socket.once('error', () => resolve(null));
    socket.setTimeout(3_000, () => {
      resolve(null);
      socket.destroy();
    });
  });
}

/** The live connection of a revoked box ends within two seconds, and who did it is on record. Begins the minute of attempts to come back. */
export async function checkRevocation(world: RogueWorld, say: Say): Promise<void> {
  const { fixture, revoked } = world;
  const captured = captureIdentity(fixture.stack.boxHome(revoked.appliance.name));
  const session = await ticketOf(captured);
  assert.ok(session, 'the broker gave no session ticket');
  const [enrolment] = await enrolmentsOf(world, revoked);
  // The agent steps aside for a connection whose end can be watched; the engine serves on.
  await revoked.box.agent.stop();
  const client = await connectAs(captured);
  const closed = new Promise<number>((resolve) => client.once('close', () => resolve(performance.now())));
  const startedAt = performance.now();
  await fixture.api.post(`/api/v1/enrolments/${enrolment!.id}/revoke`, { reason: 'stolen' });
  const tookMs = (await closed) - startedAt;
  assert.ok(tookMs < REVOCATION_MS, `the connection ended after ${tookMs.toFixed(0)} ms`);
  const [entry] = await auditOf(world, 'enrolment.revoke', revoked);
  assert.deepEqual([entry?.outcome, entry?.details['serial'], entry?.details['reason']], ['done', captured.identity.serial, 'stolen']);
  assert.match(entry!.actor, /admin|operator/);
  const renewal = await renewAtDoor(captured, captured.privateKeyPem);
  assert.deepEqual([renewal.status, renewal.body.code], [403, 'enrolment.revoked']);
  const [refusal] = await auditOf(world, 'enrolment.revoked', revoked);
  assert.deepEqual([refusal?.outcome, refusal?.details['alarm']], ['refused', true]);
  world.hammering = hammer(captured, session, HAMMER_MS);
  // Its own agent tries as well, as it would in the field.
  await fixture.stack.addBox({ name: revoked.appliance.name, workers: 1 }).catch(() => undefined);
  say(`the live connection ended ${tookMs.toFixed(0)} ms after the call began, audited; its renewal is refused with an alarm`);
}

/** What the minute of attempts brought: nothing, in either direction. */
export async function checkRevokedMinute(world: RogueWorld, say: Say): Promise<void> {
  const { fixture, revoked } = world;
  const { id } = revoked.appliance;
  // Something that it would like to hear of.
  await setLevel(fixture.api, revoked.application.id, 'learning');
  const { attempts, connected, delivered } = await world.hammering!;
  const { requestIds } = await storedSums(fixture.stack.databaseUrl, id);
  const accepted = requestIds.filter((requestId) => requestId.startsWith(FORGED)).length;
  const view = await fixture.api.get<ApplianceView>(`/api/v1/appliances/${id}`);
  assert.ok(attempts > 50, `only ${attempts} attempts`);
  assert.deepEqual({ delivered, accepted }, { delivered: 0, accepted: 0 });
  assert.notEqual(view.agentVersion, FORGED);
  assert.equal(view.online, false);
  const lastHeard = await asOwner(fixture.stack.databaseUrl, async (client) => {
    const { rows } = await client.query<{ ago: number }>(
      'select extract(epoch from now() - heard_at)::float8 as ago from appliance_health where appliance_id = $1',
      [id],
    );
    return rows[0]!.ago;
  });
  assert.ok(lastHeard > HAMMER_MS / 1000 - 1, `something of it was heard ${lastHeard} s ago`);
  const [enrolment] = await waitUntil('the enrolment', () => enrolmentsOf(world, revoked));
  assert.equal(enrolment?.state, 'revoked');
  say(`${attempts} attempts in 60 s, ${connected} let in by the broker: ${delivered} messages delivered, ${accepted} accepted`);
}
