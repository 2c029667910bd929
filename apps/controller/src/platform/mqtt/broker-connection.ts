import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppError, backoffMs, type Logger, messageOf, withDeadline } from '@phalanx/kit';
import { type IClientPublishOptions, MqttClient } from 'mqtt';
import { LOGGER } from '../log/logger.token.js';
import { BrokerAccess, type BrokerCredentials } from './broker-access.js';
import { deferredAcks, isDeferral, type Receive } from './deferred-acks.js';

const CONNECT_TIMEOUT_MS = 10_000;
const PUBLISH_TIMEOUT_MS = 10_000;
/** How long a publisher waits for a connection that is being made. */
const CONNECTION_WAIT_MS = 3_000;
/** Messages that the broker may have open with us; more wait in the broker. */
const RECEIVE_MAXIMUM = 500;
/** A connection that lived this long was a good one: the next break starts with a short delay again. */
const STABLE_MS = 10_000;

/**
 * This process's one MQTT 5 connection, made at the first use and again after every break, with jitter. Sessions are clean: nothing
 * relies on the broker's memory, so each connection starts with its subscriptions.
 */
@Injectable()
export class BrokerConnection implements OnApplicationShutdown {
  private client: MqttClient | null = null;
  private connectedSince: Date | null = null;
  private attempt = 0;
  private started = false;
  private stopped = false;
  private retry: NodeJS.Timeout | null = null;
  private filters: readonly string[] = [];
  private receive: Receive = (_topic, _payload, _packet, acknowledge) => acknowledge(true);
  private readonly connectedActions: (() => Promise<void>)[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly access: BrokerAccess,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Sets what every connection subscribes to (QoS 1) and who takes the messages. Before the first use. */
  subscribe(filters: readonly string[], receive: Receive): void {
    this.filters = filters;
    this.receive = receive;
  }

  onConnected(action: () => Promise<void>): void {
    this.connectedActions.push(action);
  }

  /** Since when the present connection stands, subscriptions included; null while there is none. */
  get since(): Date | null {
    return this.connectedSince;
  }

  start(): void {
    if (this.started) return;
    this.started = true;
    void this.connect();
  }

  /** Resolves when the broker has taken the message. Throws `unavailable` when there is no connection or it breaks first. */
  async publish(topic: string, payload: string | Buffer, options: IClientPublishOptions = {}): Promise<void> {
    const client = await this.connected();
    await withDeadline(PUBLISH_TIMEOUT_MS, 'publishing to the broker', () =>
      client.publishAsync(topic, payload, { qos: 1, ...options }),
    ).catch((cause: unknown) => {
      throw new AppError('unavailable', 'broker.publish-failed', 'the broker did not take the message', { cause });
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.retry) clearTimeout(this.retry);
    await this.client?.endAsync(true).catch(() => undefined);
  }

  private async connected(): Promise<MqttClient> {
    this.start();
    if (!this.connectedSince) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.waiting.delete(done);
          resolve();
        };
        const timer = setTimeout(done, CONNECTION_WAIT_MS);
        this.waiting.add(done);
      });
    }
    if (!this.client || !this.connectedSince)
      throw new AppError('unavailable', 'broker.not-connected', 'there is no connection to the broker');
    return this.client;
  }

  private async connect(): Promise<void> {
    if (this.stopped) return;
    try {
      this.open(await this.access.credentials());
    } catch (error) {
      this.logger.warn('the broker could not be reached', { error: messageOf(error) });
      this.again();
    }
  }

  private open({ host, port, caPem, certificatePem, privateKeyPem }: BrokerCredentials): void {
    const servername = isIP(host) ? '' : host;
    const client: MqttClient = new MqttClient(
      () => {
        const socket = connectTls({ host, port, ca: caPem, cert: certificatePem, key: privateKeyPem, servername });
        socket.setNoDelay(true);
        return socket;
      },
      {
        protocolVersion: 5,
        clientId: `controller-${randomBytes(8).toString('hex')}`,
        clean: true,
        keepalive: 15,
        connectTimeout: CONNECT_TIMEOUT_MS,
        reconnectPeriod: 0,
        resubscribe: false,
        queueQoSZero: false,
        properties: { receiveMaximum: RECEIVE_MAXIMUM },
        ...deferredAcks(
          () => client,
          (topic, payload, packet, acknowledge) => this.receive(topic, payload, packet, acknowledge),
        ),
      },
    );
    this.client = client;
    client.on('message', (topic, payload, packet) => this.receive(topic, payload, packet, () => undefined));
    client.on('connect', () => void this.settle(client));
    client.on('error', (error) => {
      if (!isDeferral(error)) this.logger.warn('the connection to the broker failed', { error: messageOf(error) });
    });
    client.once('close', () => this.lost(client));
  }

  private async settle(client: MqttClient): Promise<void> {
    try {
      if (this.filters.length > 0) {
        const granted = await withDeadline(CONNECT_TIMEOUT_MS, 'subscribing', () => client.subscribeAsync([...this.filters], { qos: 1 }));
        const refused = granted.filter((grant) => grant.qos >= 128);
        if (refused.length > 0) throw new Error(`subscriptions were refused: ${refused.map((grant) => grant.topic).join(', ')}`);
      }
    } catch (error) {
      this.logger.error('the subscriptions at the broker failed', { error: messageOf(error) });
      client.end(true);
      return;
    }
    this.connectedSince = new Date();
    this.logger.info('connected to the broker');
    for (const done of [...this.waiting]) done();
    for (const action of this.connectedActions) {
      action().catch((error: unknown) => this.logger.warn('work after the connection to the broker failed', { error: messageOf(error) }));
    }
  }

  private lost(client: MqttClient): void {
    if (this.client !== client) return;
    if (this.connectedSince && Date.now() - this.connectedSince.getTime() > STABLE_MS) this.attempt = 0;
    this.connectedSince = null;
    this.client = null;
    // Ends the promises of publishes that were not taken.
    client.end(true);
    if (this.stopped) return;
    this.logger.warn('the connection to the broker is gone');
    this.again();
  }

  private again(): void {
    if (this.stopped) return;
    this.retry = setTimeout(() => void this.connect(), backoffMs(this.attempt++, { firstMs: 100, maxMs: 3_000 }));
  }
}
