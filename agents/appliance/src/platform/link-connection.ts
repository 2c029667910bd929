import { downFilter, type EnrolmentIdentity, identityName, type Presence, upTopic } from '@phalanx/contracts';
import { AppError, messageOf, withDeadline } from '@phalanx/kit';
import { MqttClient } from 'mqtt';
import type { ServerAddress } from './controller-address.js';
import { connectTrusted } from './trusted-socket.js';

const CONNECT_TIMEOUT_MS = 15_000;
const PUBLISH_TIMEOUT_MS = 30_000;
const KEEPALIVE_SECONDS = 15;

/** With what a box comes to its broker. */
export interface LinkCredentials {
  readonly identity: EnrolmentIdentity;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly caPem: string;
}

interface ConnectionEvents {
  onMessage(topic: string, payload: Buffer): void;
  /** Once, when an opened connection is gone. */
  onClosed(reason: string): void;
}

export interface ConnectionOptions extends ConnectionEvents {
  readonly id: string;
  readonly credentials: LinkCredentials;
  readonly address: ServerAddress;
  readonly session?: Buffer;
  readonly onSession: (session: Buffer) => void;
}

/** One MQTT connection from CONNECT to its end. It is never mended: the link makes a new one. */
export class LinkConnection {
  private lastError = 'the connection was closed';
  private isOpen = false;
  private isClosing = false;

  private constructor(
    private readonly client: MqttClient,
    private readonly options: ConnectionOptions,
  ) {}

  /** Resolves when subscriptions stand. Rejects with `unavailable`, the cause being what the broker or TLS said. */
  static async open(options: ConnectionOptions): Promise<LinkConnection> {
    const { id, credentials, address, session, onSession } = options;
    const client = new MqttClient(() => connectTrusted({ ...credentials, ...address, onSession, ...(session ? { session } : {}) }), {
      protocolVersion: 5,
      clientId: identityName(credentials.identity),
      clean: true,
      keepalive: KEEPALIVE_SECONDS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      will: {
        topic: upTopic(credentials.identity, 'presence'),
        payload: Buffer.from(JSON.stringify({ connectionId: id, state: 'offline', reason: 'connection lost' } satisfies Presence)),
        qos: 1,
        retain: false,
      },
    });
    const connection = new LinkConnection(client, options);
    connection.listen();
    try {
      await withDeadline(CONNECT_TIMEOUT_MS, 'connecting to the broker', () => connection.establish());
    } catch (cause) {
      connection.abandon();
      throw new AppError(
        'unavailable',
        'link.not-connected',
        `no connection to the broker at ${address.host}:${address.port}: ${messageOf(cause)}`,
        {
          cause,
        },
      );
    }
    return connection;
  }

  /** Rejects with `unavailable` when the broker did not take the message. */
  async publish(topic: string, payload: string | Buffer): Promise<void> {
    try {
      await withDeadline(PUBLISH_TIMEOUT_MS, 'publishing', () => this.client.publishAsync(topic, payload, { qos: 1 }));
    } catch (cause) {
      throw new AppError('unavailable', 'link.publish-failed', `the broker did not take the message: ${messageOf(cause)}`, { cause });
    }
  }

  /** A planned end: the broker does not send the will. */
  async end(): Promise<void> {
    this.isClosing = true;
    await withDeadline(2_000, 'disconnecting', () => this.client.endAsync()).catch(() => this.client.end(true));
  }

  get id(): string {
    return this.options.id;
  }

  private async establish(): Promise<void> {
    const { credentials } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.client.once('connect', () => resolve());
      this.client.once('close', () => reject(new Error(this.lastError)));
      this.client.once('error', reject);
    });
    await this.client.subscribeAsync(downFilter(credentials.identity), { qos: 1 });
    this.isOpen = true;
  }

  private listen(): void {
    this.client.on('error', (error) => (this.lastError = messageOf(error)));
    this.client.on('disconnect', ({ reasonCode }) => {
      this.lastError = `the broker ended the connection (reason ${reasonCode})`;
    });
    this.client.on('message', (topic, payload) => this.options.onMessage(topic, payload));
    this.client.once('close', () => {
      // Ends the promises of what was not acknowledged.
      this.client.end(true);
      if (this.isOpen && !this.isClosing) this.options.onClosed(this.lastError);
      this.isOpen = false;
    });
  }

  private abandon(): void {
    this.isClosing = true;
    this.client.end(true);
  }
}
