import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls, type SecureContextOptions } from 'node:tls';
import type { EnrolmentGrant, EnrolmentIdentity } from '@phalanx/contracts';
import type { Logger } from '@phalanx/kit';
import { Child, RestClient, waitUntil } from '@phalanx/testing';
import { createCertificateRequest, generateCertificateKey, provePossession } from '@phalanx/trust';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import pg from 'pg';
import type { ProgramRole } from '../platform/roles.js';
import { MqttLink } from '../platform/mqtt/mqtt-link.js';
import { startController, type TestController } from './start-controller.js';

/** One box as a test holds it: key, certificate and what came with it. */
export interface HeldBox {
  readonly tenantId: string;
  readonly applianceId: string;
  readonly privateKeyPem: string;
  readonly grant: EnrolmentGrant;
  readonly identity: EnrolmentIdentity;
}

export interface EnrolAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Record<string, unknown>;
}

export interface AuditRow {
  readonly subject: string;
  readonly outcome: string;
  readonly details: Record<string, unknown>;
  readonly tenantId: string | null;
}

/** A whole controller with its Mosquitto, and two tenants with a box place each. */
export class BoxWorld {
  private readonly clients: MqttClient[] = [];

  private constructor(
    readonly controller: TestController,
    readonly owner: pg.Client,
    readonly api: RestClient,
    private broker: Child,
  ) {}

  static async start({
    environment = {},
    logger,
    roles = ['api', 'ingress'],
  }: { environment?: NodeJS.ProcessEnv; logger?: Logger; roles?: readonly ProgramRole[] } = {}): Promise<BoxWorld> {
    const controller = await startController({ roles, environment, ...(logger ? { logger } : {}) });
    try {
      const owner = new pg.Client({ connectionString: controller.postgres.ownerUrl });
      await owner.connect();
      const broker = await launchBroker(controller.home);
      const api = await RestClient.signIn(controller.url, 'admin', 'correct horse battery');
      const world = new BoxWorld(controller, owner, api, broker);
      await world.connected();
      return world;
    } catch (error) {
      await controller.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.end(true);
    await this.owner.end();
    await this.controller.stop();
    await this.broker.stop();
  }

  get brokerFolder(): string {
    return join(this.controller.home, 'broker');
  }

  get brokerPort(): number {
    return this.ports()['mqtt']!;
  }

  get enrolmentPort(): number {
    return this.ports()['enrolment']!;
  }

  async killBroker(): Promise<void> {
    await this.broker.stop('SIGKILL');
  }

  async restartBroker(): Promise<void> {
    await this.killBroker();
    this.broker = await launchBroker(this.controller.home);
  }

  /** A place for a box in a tenant of its own. */
  async addPlace(name: string): Promise<{ tenantId: string; applianceId: string }> {
    const tenant = await this.api.post<{ id: string }>('/api/v1/tenants', { name, slug: name });
    const site = await this.api.post<{ id: string }>('/api/v1/sites', { tenantId: tenant.id, name: 'here', timeZone: 'Asia/Seoul' });
    const cluster = await this.api.post<{ id: string }>('/api/v1/clusters', { siteId: site.id, name: 'one', kind: 'single' });
    const appliance = await this.api.post<{ id: string }>('/api/v1/appliances', {
      clusterId: cluster.id,
      name,
      listenAddresses: ['127.0.0.1'],
    });
    return { tenantId: tenant.id, applianceId: appliance.id };
  }

  async claim(applianceId: string): Promise<string> {
    return (await this.api.post<{ claim: string }>(`/api/v1/appliances/${applianceId}/claims`, { validMinutes: 10 })).claim;
  }

  /** Claims and enrols, without connecting. */
  async enrolBox(place: { tenantId: string; applianceId: string }): Promise<HeldBox> {
    const { privateKeyPem } = generateCertificateKey();
    const answer = await this.postEnrol(await enrolBody(await this.claim(place.applianceId), privateKeyPem));
    if (answer.status !== 200) throw new Error(`enrolment was refused: ${JSON.stringify(answer.body)}`);
    return held(answer, privateKeyPem);
  }

  postEnrol(body: unknown): Promise<EnrolAnswer> {
    return this.post('/enrol/v1/enrol', body);
  }

  /** Renews over HTTPS with the box's own key. */
  async postRenew(box: HeldBox, privateKeyPem = box.privateKeyPem): Promise<EnrolAnswer> {
    const csrPem = await createCertificateRequest(privateKeyPem, 'box');
    const claim = { ...box.identity, csrPem, issuedAt: new Date().toISOString() };
    return this.post('/enrol/v1/renew', { ...claim, proof: provePossession(claim, privateKeyPem) });
  }

  /** An HTTPS request to the enrolment endpoint, which trusts nothing but our authority. */
  async post(path: string, body: unknown, contentType = 'application/json'): Promise<EnrolAnswer> {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const head = [
      `POST ${path} HTTP/1.1`,
      'host: box',
      'connection: close',
      `content-type: ${contentType}`,
      `content-length: ${bytes.length}`,
    ];
    return this.raw(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]));
  }

  /** Whatever bytes to the enrolment endpoint. */
  async raw(bytes: string | Buffer): Promise<EnrolAnswer> {
    return new Promise((resolve, reject) => {
      const socket = connectTls({ host: '127.0.0.1', port: this.enrolmentPort, ca: this.rootPem() });
      let text = '';
      socket.setEncoding('utf8');
      socket.once('error', reject);
      socket.once('secureConnect', () => socket.write(bytes));
      socket.on('data', (chunk: string) => (text += chunk));
      socket.once('close', () => {
        const [head = '', ...rest] = text.split('\r\n\r\n');
        const payload = rest.join('\r\n\r\n');
        resolve({
          status: Number(head.split(' ')[1]),
          contentType: /content-type: (\S+)/i.exec(head)?.[1] ?? '',
          body: payload ? (JSON.parse(payload) as Record<string, unknown>) : {},
        });
      });
    });
  }

  rootPem(): string {
    const blocks = readFileSync(join(this.brokerFolder, 'ca.crt'), 'utf8').match(/-----BEGIN[\s\S]+?END CERTIFICATE-----\n/g)!;
    return blocks.at(-1)!;
  }

  /** Connects as the box; rejects when the broker refuses. */
  async connect(box: HeldBox, options: IClientOptions & SecureContextOptions = {}): Promise<MqttClient> {
    const client = await mqtt.connectAsync({
      host: '127.0.0.1',
      port: this.brokerPort,
      protocol: 'mqtts',
      ca: box.grant.caPem,
      cert: box.grant.certificatePem,
      key: box.privateKeyPem,
      protocolVersion: 5,
      clientId: `test-${randomUUID()}`,
      reconnectPeriod: 0,
      connectTimeout: 3_000,
      ...options,
    });
    client.on('error', () => undefined);
    this.clients.push(client);
    return client;
  }

  async audit(action: string): Promise<AuditRow[]> {
    const sql = `select subject, outcome, details::jsonb, tenant_id as "tenantId" from audit_entries where action = $1 order by sequence`;
    return (await this.owner.query<AuditRow>(sql, [action])).rows;
  }

  ports(): Record<string, number> {
    return JSON.parse(readFileSync(join(this.controller.home, 'ports.json'), 'utf8')) as Record<string, number>;
  }

  private async connected(): Promise<void> {
    const link = this.controller.app.get(MqttLink, { strict: false });
    await waitUntil('the controller to reach its broker', () => link.receiving().connectedSince, { timeoutMs: 15_000 });
  }
}

async function launchBroker(home: string): Promise<Child> {
  const broker = new Child({ command: '/usr/sbin/mosquitto', args: ['-c', join(home, 'broker/mosquitto.conf')] });
  await broker.line(/mosquitto version .* running/);
  return broker;
}

/** The body of an enrolment with a certificate request made now. */
export async function enrolBody(claim: string, privateKeyPem: string): Promise<object> {
  return {
    claim,
    csrPem: await createCertificateRequest(privateKeyPem, 'box'),
    facts: { hostname: 'box', agentVersion: '0.1.0', machineId: 'machine' },
  };
}

/** A box from an accepted enrolment or renewal. */
export function held(answer: EnrolAnswer, privateKeyPem: string): HeldBox {
  const grant = answer.body as unknown as EnrolmentGrant;
  const { applianceId, tenantId, serial } = grant;
  return { tenantId, applianceId, privateKeyPem, grant, identity: { applianceId, serial } };
}
