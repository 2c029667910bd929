import { execFileSync } from 'node:child_process';
import { randomUUID, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { downTopic, type SecretAnswer, secretAnswerSchema, tlsSecretSchema, upTopic } from '@phalanx/contracts';
import { freePort, waitUntil } from '@phalanx/testing';
import { openSecret } from '@phalanx/trust';
import type { MqttClient } from 'mqtt';
import { BoxWorld, type HeldBox } from '../../testing/box-world.js';

interface Pair {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

function selfSigned(host: string, kind: 'ec' | 'rsa' = 'ec', days = '30'): Pair {
  const folder = mkdtempSync(join(tmpdir(), 'phalanx-certificate-'));
  try {
    const key = join(folder, 'key.pem');
    const certificate = join(folder, 'certificate.pem');
    const newKey = kind === 'ec' ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] : ['-newkey', 'rsa:1024'];
    const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
    execFileSync('openssl', ['req', '-x509', '-nodes', ...newKey, '-keyout', key, '-out', certificate, '-days', days, ...names], {
      stdio: 'ignore',
    });
    return { certificatePem: readFileSync(certificate, 'utf8'), privateKeyPem: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The lines of a key's PEM between its labels, in the forms in which they could stand somewhere. */
function tracesOf(privateKeyPem: string): string[] {
  const body = privateKeyPem.replace(/-----[^-]+-----/g, '').replace(/\s/g, '');
  const der = Buffer.from(body, 'base64');
  const middle = der.subarray(36, 60);
  return [body.slice(24, 64), middle.toString('hex'), middle.toString('base64').slice(0, 30), middle.toString('latin1')];
}

describe('secrets', () => {
  let world: BoxWorld;
  let box: HeldBox;
  let client: MqttClient;
  let applicationId: string;
  let secretId: string;
  const pair = selfSigned('shop.example');
  const answers: SecretAnswer[] = [];

  beforeAll(async () => {
    world = await BoxWorld.start();
    const place = await world.addPlace('tls');
    box = await world.enrolBox(place);
    const appliance = await world.api.get<{ clusterId: string }>(`/api/v1/appliances/${place.applianceId}`);
    const application = await world.api.post<{ id: string }>('/api/v1/applications', {
      clusterId: appliance.clusterId,
      name: 'shop',
      hosts: ['shop.example'],
      listenPort: await freePort(),
      upstream: { protocol: 'http', targets: [{ host: '127.0.0.1', port: 9 }] },
    });
    applicationId = application.id;
    client = await world.connect(box);
    client.on('message', (_, payload) => answers.push(secretAnswerSchema.parse(JSON.parse(payload.toString()))));
    await client.subscribeAsync(downTopic(box.identity, 'secret'), { qos: 1 });
  });
  afterAll(() => world?.stop());

  async function ask(id: string): Promise<SecretAnswer> {
    const requestId = randomUUID();
    await client.publishAsync(upTopic(box.identity, 'secret'), JSON.stringify({ requestId, secretId: id }), { qos: 1 });
    return waitUntil('an answer', () => answers.find((answer) => answer.requestId === requestId));
  }

  it('are stored without ever being answered', async () => {
    const body = { tenantId: box.tenantId, name: 'shop certificate', kind: 'tls-certificate', ...pair };
    const answer = await world.api.send('POST', '/api/v1/secrets', body);
    expect(answer.status).toBe(201);
    const view = answer.json<{ id: string; fingerprint: string }>();
    secretId = view.id;
    expect(view).toMatchObject({ subjects: ['shop.example'], kind: 'tls-certificate' });
    expect(view.fingerprint).toBe(new X509Certificate(pair.certificatePem).fingerprint256.replace(/:/g, '').toLowerCase());
    for (const path of ['/api/v1/secrets', `/api/v1/secrets/${secretId}`, '/api/v1/audit'])
      expect(JSON.stringify(await world.api.get(path))).not.toContain(tracesOf(pair.privateKeyPem)[0]!);
  });

  it('are refused when certificate and key do not fit, are weak, or are not readable', async () => {
    const common = { tenantId: box.tenantId, name: 'bad', kind: 'tls-certificate' };
    const other = selfSigned('other.example');
    for (const bad of [
      { ...pair, privateKeyPem: other.privateKeyPem },
      { ...pair, privateKeyPem: 'x' },
      { ...pair, certificatePem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
      selfSigned('weak.example', 'rsa'),
    ]) {
      const answer = await world.api.send('POST', '/api/v1/secrets', { ...common, ...bad });
      expect([answer.status, answer.json<{ code: string }>().code]).toEqual([400, 'secrets.bad-certificate']);
    }
    const unknown = await world.api.send('POST', '/api/v1/secrets', { ...common, tenantId: randomUUID(), ...pair });
    expect(unknown.status).toBe(404);
    const again = await world.api.send('POST', '/api/v1/secrets', { ...common, name: 'shop certificate', ...pair });
    expect(again.status).toBe(409);
  });

  it('reach a box only when its policy names them; foreign and missing ones are not told apart', async () => {
    const foreignPlace = await world.addPlace('foreign');
    const foreign = await world.api.post<{ id: string }>('/api/v1/secrets', {
      tenantId: foreignPlace.tenantId,
      name: 'theirs',
      kind: 'tls-certificate',
      ...selfSigned('theirs.example'),
    });
    const shapes = [];
    for (const id of [secretId, foreign.id, randomUUID()]) {
      const { requestId: _, ...rest } = await ask(id);
      shapes.push(rest);
    }
    expect(shapes).toEqual([{ status: 'missing' }, { status: 'missing' }, { status: 'missing' }]);
  });

  it('come sealed to the enrolment that asks', async () => {
    const document = { settings: { tls: { certificateId: secretId } }, locks: [] };
    await world.api.change('PUT', `/api/v1/policies/applications/${applicationId}`, { document });
    const answer = await waitUntil('the secret', async () => {
      const given = await ask(secretId);
      return given.status === 'ok' ? given : null;
    });
    const secret = tlsSecretSchema.parse(
      JSON.parse(openSecret(answer.sealed, box.privateKeyPem, { secretId, ...box.identity }).toString()),
    );
    expect(secret.certificatePem.trim()).toBe(pair.certificatePem.trim());
    const other = await world.enrolBox(await world.addPlace('curious'));
    expect(() => openSecret(answer.sealed, other.privateKeyPem, { secretId, ...box.identity })).toThrow();
  });

  it('and every other private key stand nowhere in the clear: not in the database, not in the broker’s store', async () => {
    const keys = [pair.privateKeyPem];
    const text = await dumpOf(world);
    expect(text).toContain('shop certificate');
    for (const trace of keys.flatMap(tracesOf)) expect(text.includes(trace)).toBe(false);
    expect(text).not.toMatch(/BEGIN (EC |RSA |ENCRYPTED )?PRIVATE KEY/);
    const store = join(world.brokerFolder, 'store');
    for (const name of readdirSync(store)) {
      const bytes = readFileSync(join(store, name), 'latin1');
      for (const trace of keys.flatMap(tracesOf)) expect(bytes.includes(trace)).toBe(false);
      expect(bytes).not.toMatch(/PRIVATE KEY/);
    }
    expect(statSync(join(world.brokerFolder, 'server.key')).mode & 0o077).toBe(0);
  });
});

/** Every value of every row of every table, as text; binary values also as they are. */
async function dumpOf(world: BoxWorld): Promise<string> {
  const tables = await world.owner.query<{ name: string }>(
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const parts: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await world.owner.query<Record<string, unknown>>(`select * from ${name}`);
    for (const value of rows.flatMap((row) => Object.values(row))) {
      if (Buffer.isBuffer(value)) parts.push(value.toString('latin1'), value.toString('hex'), value.toString('base64'));
      else parts.push(typeof value === 'string' ? value : JSON.stringify(value));
    }
  }
  return parts.join('\n');
}
