import { createPublicKey, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AppliancePolicy,
  DEFAULT_SETTINGS,
  type DownChannel,
  type EnrolmentIdentity,
  secretRequestSchema,
  type SecretAnswer,
  type UpChannel,
} from '@phalanx/contracts';
import { nodeDisk, silentLogger } from '@phalanx/kit';
import { generateCertificateKey, sealSecret } from '@phalanx/trust';
import { BoxHome } from '../../platform/box-home.js';
import { ControllerLink, type DownHandler } from '../../platform/controller-link.js';
import { Secrets } from './secrets.js';

const CONTENT = { certificatePem: 'certificate', privateKeyPem: 'key' };

/** A controller that has some secrets and seals them to the box's key. */
class SealingController extends ControllerLink {
  identity: EnrolmentIdentity = { applianceId: randomUUID(), serial: '1a' };
  readonly held = new Set<string>();
  asked = 0;
  answer: (requestId: string, secretId: string) => SecretAnswer;
  private handler: DownHandler = () => undefined;

  constructor(recipientPem: string) {
    super();
    this.answer = (requestId, secretId) => {
      if (!this.held.has(secretId)) return { status: 'missing', requestId };
      const binding = { secretId, ...this.identity };
      return { status: 'ok', requestId, sealed: sealSecret(JSON.stringify(CONTENT), createPublicKey(recipientPem), binding) };
    };
  }

  renew(): void {}
  connectionId(): string {
    return 'connection';
  }

  async publish(channel: UpChannel, payload: string | Buffer): Promise<void> {
    expect(channel).toBe('secret');
    this.asked++;
    const { requestId, secretId } = secretRequestSchema.parse(JSON.parse(payload.toString()));
    void this.handler(Buffer.from(JSON.stringify(this.answer(requestId, secretId))));
  }

  onDown(_channel: DownChannel, handler: DownHandler): void {
    this.handler = handler;
  }

  onConnected(): void {}
  onDisconnected(): void {}
}

describe('secrets of a box', () => {
  const key = generateCertificateKey();
  let home: BoxHome;
  let link: SealingController;
  let secrets: Secrets;

  beforeEach(() => {
    home = new BoxHome(mkdtempSync(join(tmpdir(), 'phalanx-box-')));
    link = new SealingController(key.publicKeyPem);
    const context = { home, disk: nodeDisk, link, engine: {} as never, logger: silentLogger, signal: new AbortController().signal };
    secrets = new Secrets({ ...context, record: () => undefined }, { privateKey: () => key.privateKeyPem });
  });
  afterEach(() => rmSync(home.root, { recursive: true, force: true }));

  const fileOf = (id: string) => join(home.engine, 'secrets', `${id}.json`);

  function writeActivePolicy(certificateId: string | null): void {
    const settings = { ...DEFAULT_SETTINGS, tls: { certificateId, minVersion: 'TLSv1.2' as const } };
    const upstream = {
      protocol: 'http',
      targets: [{ host: '127.0.0.1', port: 9, weight: 1 }],
      balance: 'round-robin',
      verify: true,
      caPem: null,
      serverName: null,
    };
    const application = {
      id: randomUUID(),
      name: 'shop',
      hosts: ['*'],
      listenPort: 8443,
      upstream,
      settings,
      settingsDigest: 'a'.repeat(64),
    };
    const policy = {
      version: 1,
      applianceId: link.identity.applianceId,
      tenantId: randomUUID(),
      listenAddresses: ['127.0.0.1'],
      applications: [application],
      events: { foldAbovePerSecond: 100, spoolLimitBytes: 2_000_000 },
    };
    mkdirSync(join(home.engine, 'active'), { recursive: true });
    writeFileSync(join(home.engine, 'active/policy.json'), JSON.stringify(policy satisfies Record<keyof AppliancePolicy, unknown>));
  }

  it('are opened and written for their owner alone, once', async () => {
    const id = randomUUID();
    link.held.add(id);
    await secrets.ensure([id, id]);
    await secrets.ensure([id]);
    expect(JSON.parse(readFileSync(fileOf(id), 'utf8'))).toEqual(CONTENT);
    expect(statSync(fileOf(id)).mode & 0o777).toBe(0o600);
    expect(link.asked).toBe(1);
  });

  it('that the controller does not have for this box hold a change up', async () => {
    await expect(secrets.ensure([randomUUID()])).rejects.toMatchObject({ kind: 'unavailable', code: 'secrets.missing' });
  });

  it('are not taken when they were sealed to another key, enrolment or name', async () => {
    const id = randomUUID();
    for (const binding of [
      { secretId: id, ...link.identity, serial: '1b' },
      { secretId: randomUUID(), ...link.identity },
    ]) {
      link.answer = (requestId) => ({
        status: 'ok',
        requestId,
        sealed: { ...sealSecret('{}', createPublicKey(key.publicKeyPem), binding), secretId: id, serial: link.identity.serial },
      });
      await expect(secrets.ensure([id])).rejects.toMatchObject({ code: 'trust.unsealable' });
    }
    const other = generateCertificateKey();
    const binding = { secretId: id, ...link.identity };
    link.answer = (requestId) => ({ status: 'ok', requestId, sealed: sealSecret('{}', createPublicKey(other.publicKeyPem), binding) });
    await expect(secrets.ensure([id])).rejects.toMatchObject({ code: 'trust.unsealable' });
    expect(existsSync(fileOf(id))).toBe(false);
  });

  it('stay while the running policy names them, and are removed when none does', async () => {
    const [running, next, gone] = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of [running, next, gone]) link.held.add(id);
    await secrets.ensure([running, gone]);
    writeActivePolicy(running);
    await secrets.ensure([next]);
    expect([running, next, gone].map((id) => existsSync(fileOf(id)))).toEqual([true, true, false]);
    writeActivePolicy(null);
    await secrets.ensure([]);
    expect(existsSync(fileOf(running))).toBe(false);
  });

  it('are asked for again under a new certificate; those that can’t be had stay as they are', async () => {
    const [kept, lost] = [randomUUID(), randomUUID()];
    for (const id of [kept, lost]) link.held.add(id);
    await secrets.ensure([kept, lost]);
    link.held.delete(lost);
    link.identity = { ...link.identity, serial: '2b' };
    secrets.refresh();
    await secrets.stop();
    expect(link.asked).toBe(4);
    expect([kept, lost].map((id) => existsSync(fileOf(id)))).toEqual([true, true]);
  });
});
