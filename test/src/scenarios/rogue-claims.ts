import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { identityName } from '@phalanx/contracts';
import { Authority, createRootAuthority, generateCertificateKey } from '@phalanx/trust';
import { captureIdentity, connectAs } from '../e2e/captured-identity.js';
import { enrolBody, postToDoor, renewAtDoor } from './enrolment-door.js';
import { auditOf, enrolmentsOf, makeClaim, type RogueWorld } from './rogue-world.js';
import type { Say } from './scenario.js';

/** A claim that comes again, with another key or as the very bytes that worked: refused, named, its sender in quarantine. */
export async function checkReplayedClaim(world: RogueWorld, say: Say): Promise<void> {
  const { genuine, fixture } = world;
  const captured = captureIdentity(fixture.stack.boxHome(genuine.appliance.name));
  const url = new URL('/enrol/v1/enrol', captured.grant.enrolmentUrls[0]).href;
  const claim = await makeClaim(world, genuine);
  const first = await enrolBody(claim.claim, generateCertificateKey().privateKeyPem);
  const accepted = await postToDoor(url, captured.grant.caPem, first);
  assert.equal(accepted.status, 200);
  const replays = [first, await enrolBody(claim.claim, generateCertificateKey().privateKeyPem)];
  for (const replay of replays) {
    const answer = await postToDoor(url, captured.grant.caPem, replay);
    assert.deepEqual([answer.status, answer.body.code], [403, 'enrolment.claim-replayed']);
    assert.ok(!JSON.stringify(answer.body).includes('BEGIN CERTIFICATE'));
  }
  const entries = await auditOf(world, 'enrolment.claim-replayed', genuine);
  assert.equal(entries.length, replays.length);
  for (const { outcome, actor, tenantId, details } of entries) {
    assert.deepEqual([outcome, actor, tenantId, details['alarm']], ['refused', 'source:127.0.0.1', genuine.tenantId, true]);
    assert.equal(details['claimId'], claim.id);
  }
  const held = (await enrolmentsOf(world, genuine)).filter((enrolment) => enrolment.state === 'quarantined');
  assert.equal(held.length, 2);
  assert.ok(held.every((enrolment) => enrolment.firstConnectedAt === null && enrolment.reason?.includes('claim')));
  const unknown = await postToDoor(
    url,
    captured.grant.caPem,
    await enrolBody('a-claim-that-was-never-made-here', generateCertificateKey().privateKeyPem),
  );
  assert.deepEqual([unknown.status, unknown.body.code], [403, 'enrolment.claim-unknown']);
  // The genuine box is none the worse.
  assert.equal((await enrolmentsOf(world, genuine)).filter((enrolment) => enrolment.state === 'active').length, 1);
  say(
    `${replays.length} replays refused as enrolment.claim-replayed, ${entries.length} alarms in the audit trail, ${held.length} senders in quarantine`,
  );
}

/** What one box, or somebody from outside, can do with another one's name. */
export async function checkForeignCertificates(world: RogueWorld, say: Say): Promise<void> {
  const { fixture, genuine, cloned } = world;
  const own = captureIdentity(fixture.stack.boxHome(cloned.appliance.name));
  const victim = captureIdentity(fixture.stack.boxHome(genuine.appliance.name));
  const { caPem } = own.grant;
  // The victim's certificate (it is no secret) with another key.
  await assert.rejects(connectAs({ ...victim, privateKeyPem: own.privateKeyPem }), /key values mismatch/);
  // The victim's name and serial under an authority of one's own, with and without its real issuers behind it.
  const notAfter = new Date(Date.now() + 86_400_000);
  const authority = await Authority.open(await createRootAuthority(new X509Certificate(caPem).subject.replace('CN=', ''), notAfter, 0));
  const pair = generateCertificateKey();
  const forged = await authority.issue({
    commonName: identityName(victim.identity),
    serial: victim.identity.serial,
    publicKey: createPublicKey(pair.publicKeyPem),
    use: 'client',
    names: [],
    notBefore: new Date(),
    notAfter,
  });
  for (const certificatePem of [[forged], [forged, authority.certificatePem], [forged, caPem]].map((chain) => chain.join('\n')))
    await assert.rejects(
      connectAs({ ...victim, privateKeyPem: pair.privateKeyPem, grant: { ...victim.grant, certificatePem } }),
      /unknown ca|certificate|closed|ECONNRESET/i,
    );
  // A server's certificate is no box's.
  const folder = join(fixture.home, 'controller/broker');
  const [certificatePem, privateKeyPem] = ['server.crt', 'server.key'].map((name) => readFileSync(join(folder, name), 'utf8')) as [
    string,
    string,
  ];
  await assert.rejects(connectAs({ ...victim, privateKeyPem, grant: { ...victim.grant, certificatePem } }));

  // A renewal in the victim's name, proved with another box's key, over HTTPS.
  const answer = await renewAtDoor(victim, own.privateKeyPem);
  assert.deepEqual([answer.status, answer.body.code], [403, 'enrolment.bad-proof']);
  const [entry] = await auditOf(world, 'enrolment.bad-proof', genuine);
  assert.deepEqual([entry?.outcome, entry?.details['alarm']], ['refused', true]);
  assert.equal((await fixture.api.get<{ online: boolean }>(`/api/v1/appliances/${genuine.appliance.id}`)).online, true);
  say('5 foreign certificates refused by the broker, a renewal for another box refused as enrolment.bad-proof with an alarm');
}
