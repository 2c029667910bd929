import { createPublicKey, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerAccessList, type EnrolmentGrant, identityName } from '@phalanx/contracts';
import { Child, freePort } from '@phalanx/testing';
import {
  Authority,
  type AuthorityPem,
  createIssuingAuthority,
  createRootAuthority,
  generateCertificateKey,
  generateStatementKey,
  issueRevocationList,
  joinPem,
  keyIdOf,
  newSerialNumber,
  verifyCertificateRequest,
} from '@phalanx/trust';
import mqtt, { type MqttClient } from 'mqtt';
import type { LinkCredentials } from '../platform/link-connection.js';

const HOUR_MS = 3_600_000;
const later = () => new Date(Date.now() + 24 * HOUR_MS);

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Answers a request of a box: the status and body of the answer. */
export type EndpointHandler = (path: string, body: Record<string, unknown>) => Promise<{ status: number; body: object }>;

/** An authority, a Mosquitto under it and an enrolment endpoint whose answers a test decides: a controller's outside, without the controller. */
export class AuthorityWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'phalanx-authority-'));
  readonly requests: { readonly path: string; readonly body: Record<string, unknown> }[] = [];
  handler: EndpointHandler = async () => ({ status: 503, body: {} });
  rootPem = '';
  mqttPort = 0;
  private issuing!: Authority;
  private broker!: Child;
  private endpoint!: Server;
  private readonly clients: MqttClient[] = [];

  static async start({ brokerValidity }: { brokerValidity?: Validity } = {}): Promise<AuthorityWorld> {
    const world = new AuthorityWorld();
    const rootPair = await createRootAuthority('Test root', later(), 1);
    const issuingPair = await createIssuingAuthority(await Authority.open(rootPair), 'Test issuing', later());
    world.rootPem = rootPair.certificatePem;
    world.issuing = await Authority.open(issuingPair);
    world.mqttPort = await freePort();
    await world.writeBrokerFiles(issuingPair, brokerValidity);
    await world.startBroker();
    await world.startEndpoint();
    return world;
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.end(true);
    this.endpoint.closeAllConnections();
    this.endpoint.close();
    await this.broker.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get mqttUrl(): string {
    return `mqtts://127.0.0.1:${this.mqttPort}`;
  }

  get enrolmentUrl(): string {
    return `https://127.0.0.1:${(this.endpoint.address() as AddressInfo).port}`;
  }

  async startBroker(): Promise<void> {
    this.broker = new Child({ command: '/usr/sbin/mosquitto', args: ['-c', join(this.folder, 'mosquitto.conf')] });
    await this.broker.line(/mosquitto version .* running/);
  }

  killBroker(): Promise<void> {
    return this.broker.stop('SIGKILL');
  }

  /** A grant for the key, as a controller gives it. */
  async grant(
    privateKeyPem: string,
    {
      applianceId = randomUUID(),
      validity = { notBefore: new Date(), notAfter: later() },
    }: { applianceId?: string; validity?: Validity } = {},
  ): Promise<EnrolmentGrant> {
    const serial = newSerialNumber();
    const certificatePem = await this.issuing.issue({
      commonName: identityName({ applianceId, serial }),
      serial,
      publicKey: createPublicKey(privateKeyPem),
      use: 'client',
      names: [{ type: 'url', value: `spiffe://phalanx/appliance/${applianceId}` }],
      ...validity,
    });
    const { publicKeyPem } = generateStatementKey();
    return {
      applianceId,
      tenantId: randomUUID(),
      serial,
      certificatePem: joinPem(certificatePem, this.issuing.certificatePem),
      caPem: this.rootPem,
      notAfter: validity.notAfter.toISOString(),
      mqttUrls: [this.mqttUrl],
      enrolmentUrls: [this.enrolmentUrl],
      stateKeys: [{ keyId: keyIdOf(publicKeyPem), publicKeyPem }],
      tufRoots: { provider: '{}', tenant: '{}' },
    };
  }

  /** The same for whoever sent the certificate request. */
  async grantForRequest(csrPem: string, applianceId: string, validity?: Validity): Promise<EnrolmentGrant> {
    const { publicKey } = await verifyCertificateRequest(csrPem);
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    return this.grant(pem, validity ? { applianceId, validity } : { applianceId });
  }

  async credentials(): Promise<LinkCredentials> {
    const { privateKeyPem } = generateCertificateKey();
    const { applianceId, serial, certificatePem, caPem } = await this.grant(privateKeyPem);
    return { identity: { applianceId, serial }, certificatePem, privateKeyPem, caPem };
  }

  /** A client with the rights of a controller. */
  async controller(): Promise<MqttClient> {
    const leaf = await this.leaf('controller', 'client');
    return this.open(leaf.certificatePem, leaf.privateKeyPem);
  }

  /** Another holder of a box's certificate. */
  async clone({ certificatePem, privateKeyPem }: LinkCredentials): Promise<MqttClient> {
    return this.open(certificatePem, privateKeyPem);
  }

  /** Key and certificate of a server, or of whatever else a test needs. */
  async leaf(
    commonName: string,
    use: 'client' | 'server',
    host = '127.0.0.1',
    validity: Validity = { notBefore: new Date(), notAfter: later() },
  ): Promise<{ certificatePem: string; privateKeyPem: string }> {
    const pair = generateCertificateKey();
    const type = /^[\d.]+$/.test(host) ? ('ip' as const) : ('dns' as const);
    const pem = await this.issuing.issue({
      commonName,
      serial: newSerialNumber(),
      publicKey: createPublicKey(pair.publicKeyPem),
      use,
      names: [{ type, value: host }],
      ...validity,
    });
    return { certificatePem: joinPem(pem, this.issuing.certificatePem, this.rootPem), privateKeyPem: pair.privateKeyPem };
  }

  private async open(cert: string, key: string): Promise<MqttClient> {
    const address = { host: '127.0.0.1', port: this.mqttPort, protocol: 'mqtts' as const, rejectUnauthorized: false };
    const client = await mqtt.connectAsync({ ...address, cert, key, protocolVersion: 5, reconnectPeriod: 0, clientId: randomUUID() });
    client.on('error', () => undefined);
    this.clients.push(client);
    return client;
  }

  private async writeBrokerFiles(issuing: AuthorityPem, validity?: Validity): Promise<void> {
    const file = (name: string, text: string) => writeFileSync(join(this.folder, name), text, { mode: 0o600 });
    const server = await this.leaf('broker', 'server', '127.0.0.1', validity);
    file('ca.crt', joinPem(this.rootPem, issuing.certificatePem));
    file('server.crt', server.certificatePem);
    file('server.key', server.privateKeyPem);
    file('crl.pem', await issueRevocationList(this.issuing, [], { thisUpdate: new Date(Date.now() - HOUR_MS), nextUpdate: later() }));
    file('acl', brokerAccessList('controller'));
    const path = (name: string) => join(this.folder, name);
    const lines = [
      `user ${process.getuid?.() === 0 ? 'root' : 'mosquitto'}`,
      'log_type all',
      `acl_file ${path('acl')}`,
      `listener ${this.mqttPort} 127.0.0.1`,
      `cafile ${path('ca.crt')}`,
      `certfile ${path('server.crt')}`,
      `keyfile ${path('server.key')}`,
      `crlfile ${path('crl.pem')}`,
      'require_certificate true',
      'use_identity_as_username true',
      'use_username_as_clientid true',
    ];
    file('mosquitto.conf', `${lines.join('\n')}\n`);
    mkdirSync(path('store'));
  }

  private async startEndpoint(): Promise<void> {
    const { certificatePem, privateKeyPem } = await this.leaf('endpoint', 'server');
    this.endpoint = createServer({ cert: certificatePem, key: privateKeyPem }, (request, response) => {
      void readBody(request).then(async (body) => {
        const path = request.url ?? '';
        this.requests.push({ path, body });
        const answer = await this.handler(path, body);
        response.writeHead(answer.status, { 'content-type': answer.status === 200 ? 'application/json' : 'application/problem+json' });
        response.end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => this.endpoint.listen(0, '127.0.0.1', resolve));
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString('utf8');
  return JSON.parse(text) as Record<string, unknown>;
}

/** A refusal as the enrolment endpoint sends it. */
export function refusal(code: string, status = 403): { status: number; body: object } {
  return {
    status,
    body: { type: `urn:phalanx:error:${code}`, title: 'Not allowed', status, detail: `refused: ${code}`, code, requestId: 'x' },
  };
}
