import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectionIdOf, downTopic, type RenewAnswer, upTopic } from '@phalanx/contracts';
import { waitUntil } from '@phalanx/testing';
import { createCertificateRequest, generateCertificateKey, provePossession } from '@phalanx/trust';
import type { MqttClient } from 'mqtt';
import { BoxWorld, held, type HeldBox } from '../../testing/box-world.js';

async function renewBody(box: HeldBox, { signWith = box.privateKeyPem, requestFor = box.privateKeyPem } = {}): Promise<object> {
  const claim = { ...box.identity, csrPem: await createCertificateRequest(requestFor, 'box'), issuedAt: new Date().toISOString() };
  return { ...claim, proof: provePossession(claim, signWith) };
}

describe('renewal of a box’s certificate', () => {
  let world: BoxWorld;

  beforeAll(async () => {
    world = await BoxWorld.start();
  });
  afterAll(() => world?.stop());

  async function stateOf(box: HeldBox): Promise<string | undefined> {
    const rows = await world.api.all<{ serial: string; state: string }>(`/api/v1/enrolments?applianceId=${box.applianceId}`);
    return rows.find((row) => row.serial === box.identity.serial)?.state;
  }

  async function connectAndSpeak(box: HeldBox): Promise<MqttClient> {
    const client = await world.connect(box);
    await client.publishAsync(upTopic(box.identity, 'reported'), 'x', { qos: 1 });
    await waitUntil('the enrolment to be active', async () => (await stateOf(box)) === 'active');
    return client;
  }

  it('ends the old certificate only after the box has connected with the new one', async () => {
    const old = await world.enrolBox(await world.addPlace('renewed'));
    const oldClient = await connectAndSpeak(old);
    const next = held(await world.postRenew(old), old.privateKeyPem);
    expect(next.identity.serial).not.toBe(old.identity.serial);
    expect(await stateOf(old)).toBe('active');
    expect(oldClient.connected).toBe(true);

    const closed = new Promise<void>((resolve) => oldClient.once('close', () => resolve()));
    await connectAndSpeak(next);
    await closed;
    expect(await stateOf(old)).toBe('superseded');
    await waitUntil('the old certificate to be refused', () =>
      world.connect(old).then(
        () => false,
        () => true,
      ),
    );
    expect((await world.postRenew(old)).body['code']).toBe('enrolment.superseded');
    const [alarm] = (await world.audit('enrolment.superseded')).filter((row) => row.subject === `appliance:${old.applianceId}`);
    expect(alarm).toMatchObject({ outcome: 'refused', details: { alarm: true } });
  });

  it('works over the link as well, for the box itself and for no other', async () => {
    const box = await world.enrolBox(await world.addPlace('by-link'));
    const other = await world.enrolBox(await world.addPlace('by-link-other'));
    const client = await connectAndSpeak(box);
    const answers: RenewAnswer[] = [];
    client.on('message', (_, payload) => answers.push(JSON.parse(payload.toString()) as RenewAnswer));
    await client.subscribeAsync(downTopic(box.identity, 'renew'), { qos: 1 });
    const ask = async (body: object) => {
      answers.length = 0;
      await client.publishAsync(upTopic(box.identity, 'renew'), JSON.stringify(body), { qos: 1 });
      return waitUntil('an answer', () => answers[0]);
    };
    expect(await ask(await renewBody(box))).toMatchObject({ status: 'ok', grant: { applianceId: box.applianceId } });
    expect(await ask(await renewBody(other))).toMatchObject({ status: 'refused', code: 'enrolment.unknown' });
    expect(await ask({ nonsense: true })).toMatchObject({ status: 'refused', code: 'enrolment.malformed' });
  });

  it('is refused to who does not hold the key, and to who repeats what was sent', async () => {
    const box = await world.enrolBox(await world.addPlace('forged'));
    const thief = generateCertificateKey().privateKeyPem;
    const forged = await world.post('/enrol/v1/renew', await renewBody(box, { signWith: thief, requestFor: thief }));
    expect(forged).toMatchObject({ status: 403, body: { code: 'enrolment.bad-proof' } });
    const body = await renewBody(box);
    expect((await world.post('/enrol/v1/renew', body)).status).toBe(200);
    expect((await world.post('/enrol/v1/renew', body)).body['code']).toBe('enrolment.renewal-replayed');
    const unknown = { ...box, identity: { ...box.identity, serial: '1234' } };
    expect((await world.postRenew(unknown)).body['code']).toBe('enrolment.unknown');
    for (const code of ['enrolment.bad-proof', 'enrolment.renewal-replayed', 'enrolment.unknown'])
      expect((await world.audit(code)).some((row) => row.subject === `appliance:${box.applianceId}`)).toBe(true);
  });

  it('takes a box back that was switched off while its certificate ran out, with its own key and not for ever', async () => {
    const box = await world.enrolBox(await world.addPlace('slept'));
    const age = (days: number) =>
      world.owner.query(`update enrolments set not_after = now() - $2 * interval '1 day' where serial = $1`, [box.identity.serial, days]);
    await age(3);
    expect(await stateOf(box)).toBe('expired');
    const otherKey = generateCertificateKey().privateKeyPem;
    expect((await world.post('/enrol/v1/renew', await renewBody(box, { requestFor: otherKey }))).body['code']).toBe(
      'enrolment.key-changed',
    );
    const back = await world.postRenew(box);
    expect(back.status).toBe(200);
    await connectAndSpeak(held(back, box.privateKeyPem));
    const late = await world.enrolBox(await world.addPlace('slept-long'));
    await world.owner.query(`update enrolments set not_after = now() - interval '31 days' where serial = $1`, [late.identity.serial]);
    expect((await world.postRenew(late)).body['code']).toBe('enrolment.expired-too-long');
  });

  it('is refused to a revoked box, which can only come back with a new claim', async () => {
    const place = await world.addPlace('revoked-renewal');
    const box = await world.enrolBox(place);
    const [row] = await world.api.all<{ id: string }>(`/api/v1/enrolments?applianceId=${box.applianceId}`);
    await world.api.post(`/api/v1/enrolments/${row!.id}/revoke`, { reason: 'x' });
    expect((await world.postRenew(box)).body['code']).toBe('enrolment.revoked');
    await connectAndSpeak(await world.enrolBox(place));
  });

  it('gives up certificates that were never used, beyond a few', async () => {
    const box = await world.enrolBox(await world.addPlace('many'));
    await connectAndSpeak(box);
    for (let i = 0; i < 7; i++) expect((await world.postRenew(box)).status).toBe(200);
    const rows = await world.api.all<{ state: string }>(`/api/v1/enrolments?applianceId=${box.applianceId}`);
    expect(rows.filter((row) => row.state === 'issued')).toHaveLength(4);
    expect(rows.filter((row) => row.state === 'active')).toHaveLength(1);
  });

  it('puts a certificate that two boxes hold into quarantine, with an alarm', async () => {
    const box = await world.enrolBox(await world.addPlace('cloned'));
    const client = await connectAndSpeak(box);
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    const online = (instance: string, count: number) =>
      client.publishAsync(
        upTopic(box.identity, 'presence'),
        JSON.stringify({ connectionId: connectionIdOf(instance.repeat(16), count), state: 'online' }),
        { qos: 1 },
      );
    // A process that reconnects, and one that was restarted twice, are no clones.
    for (const [instance, count] of [
      ['a', 0],
      ['a', 1],
      ['b', 0],
      ['c', 0],
      ['c', 1],
    ] as const)
      await online(instance, count);
    await client.publishAsync(upTopic(box.identity, 'reported'), 'x', { qos: 1 });
    expect(await stateOf(box)).toBe('active');
    for (const [instance, count] of [
      ['d', 0],
      ['c', 2],
      ['d', 1],
    ] as const)
      await online(instance, count).catch(() => undefined);
    await closed;
    expect(await stateOf(box)).toBe('quarantined');
    const [alarm] = (await world.audit('enrolment.clone-detected')).filter((row) => row.subject === `appliance:${box.applianceId}`);
    expect(alarm).toMatchObject({ outcome: 'refused', tenantId: box.tenantId, details: { alarm: true } });
    await waitUntil('both to be refused', () =>
      world.connect(box).then(
        () => false,
        () => true,
      ),
    );
  });
});
