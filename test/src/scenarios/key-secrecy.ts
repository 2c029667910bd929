import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'node:https';
import { connect as connectTls } from 'node:tls';
import type { ApplicationView, SecretView } from '@phalanx/contracts';
import { freePort, waitInSync, waitUntil } from '@phalanx/testing';
import { serverCertificate, type ServerCertificate } from './certificates.js';
import { captureIdentity } from '../e2e/captured-identity.js';
import { dumpTables, filesBelow, KeyScanner, readAll } from './leaked-keys.js';
import type { RogueWorld } from './rogue-world.js';
import type { Say } from './scenario.js';
import { ATTACK } from './two-tenants.js';

const HOSTS = ['tea.example', 'cups.example'] as const;

/** Certificates of two applications on one port, uploaded and used: the engine serves each under its own name. */
async function serveByName({ fixture, genuine }: RogueWorld): Promise<ServerCertificate[]> {
  const { api } = fixture;
  const listenPort = await freePort();
  const certificates = await Promise.all(HOSTS.map(serverCertificate));
  for (const [i, host] of HOSTS.entries()) {
    const secret = await api.post<SecretView>('/api/v1/secrets', {
      tenantId: genuine.tenantId,
      name: host,
      kind: 'tls-certificate',
      certificatePem: certificates[i]!.certificatePem,
      privateKeyPem: certificates[i]!.privateKeyPem,
    });
    assert.ok(!JSON.stringify(secret).includes('PRIVATE'));
    const application = await api.post<ApplicationView>('/api/v1/applications', {
      clusterId: genuine.clusterId,
      name: host,
      hosts: [host],
      listenPort,
      upstream: { protocol: 'http', targets: [{ host: '127.0.0.1', port: fixture.shopPort }] },
    });
    await api.change('PUT', `/api/v1/policies/applications/${application.id}`, {
      document: { settings: { level: 'prevention', tls: { certificateId: secret.id } }, locks: [] },
      comment: 'over TLS',
    });
  }
  await waitInSync(api, genuine.appliance.id);
  for (const [i, host] of HOSTS.entries()) {
    const { caPem } = certificates[i]!;
    await waitUntil(`${host} to be served`, () => handshake(listenPort, host, caPem), { timeoutMs: 30_000, intervalMs: 100 });
    await assert.rejects(handshake(listenPort, host, certificates[1 - i]!.caPem), /certificate/);
    assert.equal(await statusOverTls(listenPort, host, caPem, '/'), 200);
    assert.equal(await statusOverTls(listenPort, host, caPem, ATTACK.path), 403);
  }
  return certificates;
}

function handshake(port: number, servername: string, ca: string): Promise<true> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port, servername, ca }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', reject);
  });
}

function statusOverTls(port: number, servername: string, ca: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { host: servername, 'user-agent': 'Mozilla/5.0', accept: '*/*' };
    const call = request({ host: '127.0.0.1', port, servername, ca, path, headers, agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    call.once('error', reject);
    call.end();
  });
}

/** Has the broker write what it keeps, which it otherwise does once a minute. */
async function writtenBrokerStore({ fixture }: RogueWorld): Promise<string> {
  const file = join(fixture.home, 'controller/broker/store/mosquitto.db');
  const before = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  process.kill(fixture.stack.broker.pid, 'SIGUSR1');
  await waitUntil('the broker to write its store', () => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > before, {
    timeoutMs: 10_000,
  });
  return file;
}

/** After real keys were uploaded, sealed, sent and used: none of them lies anywhere in plaintext on the controller's side. */
export async function checkSecrecy(world: RogueWorld, say: Say): Promise<void> {
  const { fixture, genuine, cloned, revoked } = world;
  const certificates = await serveByName(world);
  const boxKeys = [genuine, cloned, revoked].map(({ appliance }) => captureIdentity(fixture.stack.boxHome(appliance.name)).privateKeyPem);
  const controllerHome = join(fixture.home, 'controller');
  const scanner = new KeyScanner(
    {
      ...Object.fromEntries(HOSTS.map((host, i) => [`the key of ${host}`, certificates[i]!.privateKeyPem])),
      ...Object.fromEntries(boxKeys.map((pem, i) => [`the key of box ${i}`, pem])),
      'the broker’s key': readFileSync(join(controllerHome, 'broker/server.key'), 'utf8'),
    },
    { 'the master key': Buffer.from(readFileSync(join(controllerHome, 'master.key'), 'ascii').trim(), 'base64') },
  );
  // It finds what there is to find: on the box the key lies where the engine needs it.
  const onBox = filesBelow(join(fixture.stack.boxHome(genuine.appliance.name), 'engine/secrets'));
  assert.ok(
    scanner.scan(readAll(onBox)).some((what) => what.startsWith(`the key of ${HOSTS[0]}`)),
    'the scanner is blind',
  );
  assert.ok(
    onBox.every((path) => (statSync(path).mode & 0o077) === 0),
    'the box’s secrets can be read by others',
  );

  const store = await writtenBrokerStore(world);
  const stored = readFileSync(store);
  assert.ok(stored.includes(genuine.appliance.id), 'the broker’s store holds nothing yet');
  assert.deepEqual(scanner.scan(stored), [], 'in the broker’s store');

  let tables = 0;
  let rows = 0;
  let bytes = 0;
  let chunkRows = 0;
  await dumpTables(fixture.stack.databaseUrl, (table, text, count) => {
    tables++;
    rows += count;
    bytes += text.length;
    if (table === 'content_chunks') chunkRows = count;
    assert.deepEqual(scanner.scan(text), [], `in the table ${table}`);
  });
  assert.ok(tables > 30 && chunkRows > 0);
  const logs = filesBelow(fixture.stack.logFolder);
  for (const path of logs) assert.deepEqual(scanner.scan(readFileSync(path)), [], `in ${path}`);
  say(
    `2 certificates served by name; no key in the broker’s store (${stored.length} bytes), ${tables} tables (${rows} rows, ${bytes} bytes, ${chunkRows} chunks), ${logs.length} logs`,
  );
}
