import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ApplianceView, downTopic, upTopic } from '@phalanx/contracts';
import { waitUntil } from '@phalanx/testing';
import { captureIdentity, connectAs } from '../e2e/captured-identity.js';
import { storedSums } from '../e2e/database.js';
import { FORGED, forgedBatch } from './forged-messages.js';
import { renewAtDoor } from './enrolment-door.js';
import { auditOf, enrolmentsOf, type RogueWorld } from './rogue-world.js';
import type { Say } from './scenario.js';

/** Key and certificate copied to a second machine, where a real agent uses them: both are locked out, and an alarm is raised. */
export async function checkClone(world: RogueWorld, say: Say): Promise<void> {
  const { fixture, cloned } = world;
  const { id, name } = cloned.appliance;
  const home = fixture.stack.boxHome(name);
  const captured = captureIdentity(home);
  const copy = fixture.stack.boxHome(`${name}-copy`);
  mkdirSync(copy, { recursive: true, mode: 0o700 });
  cpSync(join(home, 'identity'), join(copy, 'identity'), { recursive: true });
  const startedAt = performance.now();
  await fixture.stack.addBox({ name: `${name}-copy`, workers: 1 });
  await waitUntil(
    'the certificate to be in quarantine',
    async () => {
      const [enrolment] = await enrolmentsOf(world, cloned);
      if (enrolment?.state !== 'quarantined') throw new Error(`it is ${enrolment?.state}`);
      return true;
    },
    { timeoutMs: 120_000, intervalMs: 200 },
  );
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const [alarm] = await auditOf(world, 'enrolment.clone-detected', cloned);
  assert.deepEqual([alarm?.outcome, alarm?.actor, alarm?.details['alarm']], ['refused', 'system', true]);
  const view = await fixture.api.get<ApplianceView>(`/api/v1/appliances/${id}`);
  assert.equal(view.syncState, 'quarantined');

  // Whoever holds the key reads and writes nothing, and gets no new certificate.
  let delivered = 0;
  let connections = 0;
  const deadline = Date.now() + 5_000;
  while (Date.now() < deadline) {
    const client = await connectAs(captured).catch(() => null);
    if (!client) continue;
    connections++;
    client.on('message', () => delivered++);
    await client.subscribeAsync([downTopic(captured.identity, 'desired'), '#'], { qos: 1 }).catch(() => undefined);
    await client.publishAsync(upTopic(captured.identity, 'events'), forgedBatch(`${FORGED}-clone`), { qos: 1 }).catch(() => undefined);
    client.end(true);
  }
  const renewal = await renewAtDoor(captured, captured.privateKeyPem);
  assert.deepEqual([renewal.status, renewal.body.code], [403, 'enrolment.quarantined']);
  const { requestIds } = await storedSums(fixture.stack.databaseUrl, id);
  assert.deepEqual([delivered, requestIds.filter((requestId) => requestId.startsWith(FORGED))], [0, []]);
  say(`quarantined ${seconds} s after the copy came up, with an alarm; ${connections} connections after that, 0 delivered, 0 accepted`);
}
