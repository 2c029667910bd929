import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { upTopic } from '@phalanx/contracts';
import { generateCertificateKey } from '@phalanx/trust';
import { waitUntil } from '@phalanx/testing';
import { MqttLink, type UpMessage } from '../../platform/mqtt/mqtt-link.js';
import { BoxWorld, enrolBody } from '../../testing/box-world.js';

describe('enrolment of a box', () => {
  let world: BoxWorld;
  const messages: UpMessage[] = [];

  beforeAll(async () => {
    world = await BoxWorld.start();
    world.controller.app.get(MqttLink, { strict: false }).onUp('reported', async (message) => void messages.push(message));
  });
  afterAll(() => world?.stop());

  it('turns a claim into a certificate with which messages reach the handlers, named by the topic', async () => {
    const place = await world.addPlace('first');
    const box = await world.enrolBox(place);
    expect(box.grant).toMatchObject(place);
    expect(box.grant.tufRoots.tenant).toContain('signatures');
    const client = await world.connect(box);
    await client.publishAsync(upTopic(box.identity, 'reported'), 'hello', { qos: 1 });
    const message = await waitUntil('the message', () => messages.find((m) => m.identity.serial === box.identity.serial));
    expect(message).toMatchObject({ tenantId: place.tenantId, channel: 'reported', identity: box.identity });
    expect(message.payload.toString()).toBe('hello');
    const [enrolment] = await world.api.all<{ state: string; firstConnectedAt: string }>(
      `/api/v1/enrolments?applianceId=${place.applianceId}`,
    );
    expect(enrolment).toMatchObject({ state: 'active' });
    expect(enrolment!.firstConnectedAt).not.toBeNull();
  });

  it('refuses a claim that was used before, names the box in the audit trail and quarantines the sender', async () => {
    const place = await world.addPlace('replayed');
    const claim = await world.claim(place.applianceId);
    const body = await enrolBody(claim, generateCertificateKey().privateKeyPem);
    expect((await world.postEnrol(body)).status).toBe(200);

    const sameBytes = await world.postEnrol(body);
    expect(sameBytes).toMatchObject({ status: 403, contentType: 'application/problem+json', body: { code: 'enrolment.claim-replayed' } });
    const clone = await world.postEnrol(await enrolBody(claim, generateCertificateKey().privateKeyPem));
    expect(clone).toMatchObject({ status: 403, body: { code: 'enrolment.claim-replayed' } });

    const entries = await world.audit('enrolment.claim-replayed');
    expect(entries).toHaveLength(2);
    expect(entries[1]).toMatchObject({ subject: `appliance:${place.applianceId}`, outcome: 'refused', tenantId: place.tenantId });
    expect(entries[1]!.details).toMatchObject({ alarm: true });
    const states = await world.api.all<{ id: string; state: string }>(`/api/v1/enrolments?applianceId=${place.applianceId}`);
    expect(states.map((row) => row.state)).toContain('quarantined');
    const claimant = states.find((row) => row.id === entries[1]!.details['quarantined'])!;
    const release = await world.api.send('POST', `/api/v1/enrolments/${claimant.id}/release`, { reason: 'no' });
    expect(release.status).toBe(409);
  });

  it('gives the certificate once more to a box that never got its answer, and only until it has connected', async () => {
    const place = await world.addPlace('lost-answer');
    const claim = await world.claim(place.applianceId);
    const { privateKeyPem } = generateCertificateKey();
    const first = await world.postEnrol(await enrolBody(claim, privateKeyPem));
    const again = await world.postEnrol(await enrolBody(claim, privateKeyPem));
    expect(again.status).toBe(200);
    expect(again.body['serial']).toBe(first.body['serial']);

    const box = {
      ...place,
      privateKeyPem,
      grant: again.body as never,
      identity: { applianceId: place.applianceId, serial: String(again.body['serial']) },
    };
    await (await world.connect(box)).publishAsync(upTopic(box.identity, 'reported'), 'x', { qos: 1 });
    await waitUntil('the first connection', async () =>
      (await world.audit('enrolment.connected')).find((e) => e.details['serial'] === box.identity.serial),
    );
    expect((await world.postEnrol(await enrolBody(claim, privateKeyPem))).status).toBe(403);
  });

  it('refuses unknown and expired claims, each by its name', async () => {
    const place = await world.addPlace('expired');
    const claim = await world.claim(place.applianceId);
    await world.owner.query('update enrolment_claims set expires_at = now() where appliance_id = $1', [place.applianceId]);
    const { privateKeyPem } = generateCertificateKey();
    expect((await world.postEnrol(await enrolBody(claim, privateKeyPem))).body['code']).toBe('enrolment.claim-expired');
    expect((await world.postEnrol(await enrolBody(`pxc_${'x'.repeat(43)}`, privateKeyPem))).body['code']).toBe('enrolment.claim-unknown');
    expect((await world.audit('enrolment.claim-expired'))[0]!.subject).toBe(`appliance:${place.applianceId}`);
    expect(await world.audit('enrolment.claim-unknown')).toHaveLength(1);
  });

  it('stores no claim as it is', async () => {
    const place = await world.addPlace('hashed');
    const claim = await world.claim(place.applianceId);
    const { rows } = await world.owner.query('select * from enrolment_claims');
    expect(JSON.stringify(rows)).not.toContain(claim);
  });

  it('answers anything malformed with a problem document, never with a fault of its own', async () => {
    const place = await world.addPlace('malformed');
    const claim = await world.claim(place.applianceId);
    const good = (await enrolBody(claim, generateCertificateKey().privateKeyPem)) as Record<string, unknown>;
    const bodies: readonly (readonly [unknown, string?])[] = [
      ['{'],
      ['[]'],
      [Buffer.from([0x22, 0xff, 0xfe, 0x22])],
      [{ ...good, extra: 1 }],
      [{ ...good, claim: 5 }],
      [{ ...good, csrPem: '-----BEGIN CERTIFICATE REQUEST-----\n' + 'A'.repeat(200) + '\n-----END CERTIFICATE REQUEST-----' }],
      [{ ...good, facts: { hostname: 'a\u0000b', agentVersion: 'x', machineId: 'y' } }],
      ['x'.repeat(40_000)],
      [good, 'text/plain'],
    ];
    for (const [body, contentType] of bodies) {
      const answer = await world.post('/enrol/v1/enrol', body, contentType);
      expect([400, 413, 415]).toContain(answer.status);
      expect(answer.contentType).toBe('application/problem+json');
    }
    expect((await world.post('/enrol/v1/other', good)).status).toBe(404);
    const noHttp = await world.raw('NONSENSE\r\n\r\n');
    expect(noHttp).toMatchObject({ status: 400, contentType: 'application/problem+json', body: { code: 'http.malformed' } });
    expect((await world.postEnrol(good)).status).toBe(200);
  });

  it('refuses a certificate request whose own signature does not hold', async () => {
    const place = await world.addPlace('bad-request');
    const claim = await world.claim(place.applianceId);
    const good = (await enrolBody(claim, generateCertificateKey().privateKeyPem)) as { csrPem: string };
    const der = Buffer.from(good.csrPem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    der[der.length - 2]! ^= 1;
    const altered = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    expect((await world.postEnrol({ ...good, csrPem: altered })).body['code']).toBe('trust.bad-request');
    expect((await world.postEnrol(good)).status).toBe(200);
  });
});
