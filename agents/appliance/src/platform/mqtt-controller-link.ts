import { randomBytes } from 'node:crypto';
import {
  connectionIdOf,
  type DownChannel,
  downTopic,
  DOWN_CHANNELS,
  type EnrolmentIdentity,
  type UpChannel,
  upTopic,
} from '@phalanx/contracts';
import { AppError, backoffMs, type Logger, messageOf, sleep } from '@phalanx/kit';
import { parseAddress } from './controller-address.js';
import { ControllerLink, type DownHandler } from './controller-link.js';
import { untilAborted } from './until-aborted.js';
import { LinkConnection, type LinkCredentials } from './link-connection.js';

export interface MqttLinkOptions {
  readonly credentials: LinkCredentials;
  /** Addresses to try in turn, best first. Asked anew before each attempt. */
  readonly mqttUrls: () => readonly string[];
  readonly logger: Logger;
  readonly retry?: { readonly firstMs: number; readonly maxMs: number };
}

/** A connection that stood this long was a good one: the next break begins with a short delay again. */
const STABLE_MS = 20_000;

/**
 * `ControllerLink` over MQTT 5. Invariants:
 * - at most one connection is current, and callers see no other
 * - `adopt` brings the new certificate's connection up before it gives up the old one
 * - a channel's handler is called with one message at a time
 */
export class MqttControllerLink extends ControllerLink {
  private current: { readonly connection: LinkConnection; readonly since: number } | null = null;
  private credentials: LinkCredentials;
  private readonly instance = randomBytes(8).toString('hex');
  private opened = 0;
  private turn = 0;
  private attempt = 0;
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;
  private wakeUp: (() => void) | null = null;
  private readonly sessions = new Map<string, Buffer>();
  private readonly lanes = new Map<string, { readonly handler: DownHandler; tail: Promise<void> }>();
  private readonly connectedActions: (() => void)[] = [];
  private readonly disconnectedActions: ((reason: string) => void)[] = [];
  private readonly refusedActions: ((reason: string) => void)[] = [];

  constructor(private readonly options: MqttLinkOptions) {
    super();
    this.credentials = options.credentials;
  }

  get identity(): EnrolmentIdentity {
    return this.credentials.identity;
  }

  connectionId(): string | null {
    return this.current?.connection.id ?? null;
  }

  /** Begins to connect, and goes on until `stop`. */
  start(): void {
    this.running ??= this.keepConnected();
  }

  async stop(): Promise<void> {
    this.stopping.abort(new AppError('unavailable', 'link.stopped', 'the agent is stopping'));
    this.wakeUp?.();
    const { current } = this;
    this.current = null;
    await current?.connection.end();
    await this.running;
  }

  async publish(channel: UpChannel, payload: string | Buffer): Promise<void> {
    if (!this.current) throw new AppError('unavailable', 'link.not-connected', 'there is no connection to the controller');
    await this.current.connection.publish(upTopic(this.identity, channel), payload);
  }

  onDown(channel: DownChannel, handler: DownHandler): void {
    this.lanes.set(channel, { handler, tail: Promise.resolve() });
  }

  onConnected(action: () => void): void {
    this.connectedActions.push(action);
  }

  onDisconnected(action: (reason: string) => void): void {
    this.disconnectedActions.push(action);
  }

  renew(): void {
    if (!this.current) return;
    const { connection } = this.current;
    this.lost(connection, 'a new one is asked for');
    void connection.end();
  }

  /** Called after each attempt that failed, with the reason: the certificate may not be good any more. */
  onRefused(action: (reason: string) => void): void {
    this.refusedActions.push(action);
  }

  /**
   * Goes over to new credentials. Where a connection stands, the new one is brought up first; rejects with `unavailable` when that fails,
   * and the old one stays. Where none stands the next attempt uses them.
   */
  async adopt(credentials: LinkCredentials): Promise<void> {
    const old = this.current;
    this.sessions.clear();
    if (!old) {
      this.credentials = credentials;
      this.attempt = 0;
      this.wakeUp?.();
      return;
    }
    const connection = await untilAborted(this.stopping.signal, this.openOrEnd(credentials));
    this.credentials = credentials;
    this.current = { connection, since: Date.now() };
    this.tellConnected();
    await old.connection.end();
  }

  private async keepConnected(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      if (this.current) {
        await this.untilWoken();
        continue;
      }
      const { credentials } = this;
      try {
        const connection = await untilAborted(this.stopping.signal, this.openOrEnd(credentials));
        // Stopped, or given other credentials, while it was being made.
        if (this.stopping.signal.aborted || credentials !== this.credentials) {
          await connection.end();
          continue;
        }
        this.current = { connection, since: Date.now() };
        this.options.logger.info('connected to the controller', { connectionId: connection.id });
        this.tellConnected();
      } catch (error) {
        // What was refused is not what is held any more.
        if (credentials !== this.credentials || this.stopping.signal.aborted) continue;
        this.turn++;
        this.options.logger.warn('the controller could not be reached', { error: messageOf(error) });
        for (const action of this.refusedActions) action(messageOf(error));
        await this.pause();
      }
    }
  }

  /** A connection that comes up after the end is ended at once. */
  private async openOrEnd(credentials: LinkCredentials): Promise<LinkConnection> {
    const connection = await this.open(credentials);
    if (this.stopping.signal.aborted) await connection.end();
    return connection;
  }

  private open(credentials: LinkCredentials): Promise<LinkConnection> {
    const urls = this.options.mqttUrls();
    const url = urls[this.turn % urls.length]!;
    const session = this.sessions.get(url);
    const opening: Promise<LinkConnection> = LinkConnection.open({
      credentials,
      address: parseAddress(url),
      id: connectionIdOf(this.instance, this.opened++),
      ...(session ? { session } : {}),
      onSession: (ticket) => this.sessions.set(url, ticket),
      onMessage: (topic, payload) => this.deliver(opening, credentials.identity, topic, payload),
      onClosed: (reason) => void opening.then((connection) => this.lost(connection, reason)),
    });
    // A session that the server no longer knows must not stand in the way of the next attempt.
    opening.catch(() => this.sessions.delete(url));
    return opening;
  }

  private lost(connection: LinkConnection, reason: string): void {
    if (this.current?.connection !== connection) return;
    if (Date.now() - this.current.since > STABLE_MS) this.attempt = 0;
    this.current = null;
    this.options.logger.warn('the connection to the controller is gone', { reason });
    for (const action of this.disconnectedActions) action(reason);
    this.wakeUp?.();
  }

  private tellConnected(): void {
    for (const action of this.connectedActions) action();
  }

  private deliver(opening: Promise<LinkConnection>, identity: EnrolmentIdentity, topic: string, payload: Buffer): void {
    const channel = DOWN_CHANNELS.find((name) => downTopic(identity, name) === topic);
    const lane = channel && this.lanes.get(channel);
    if (!lane) return;
    lane.tail = lane.tail.then(async () => {
      try {
        // What was retained may come before the connection is told to anybody: a handler must be able to answer.
        await opening;
        await lane.handler(payload);
      } catch (error) {
        this.options.logger.error('a message of the controller could not be worked on', { topic, error: messageOf(error) });
      }
    });
  }

  private async pause(): Promise<void> {
    const { firstMs, maxMs } = this.options.retry ?? { firstMs: 400, maxMs: 20_000 };
    const over = new AbortController();
    this.wakeUp = () => over.abort();
    // Woken early is as good as slept through.
    await sleep(backoffMs(this.attempt++, { firstMs, maxMs }), AbortSignal.any([over.signal, this.stopping.signal])).catch(() => undefined);
    this.wakeUp = null;
  }

  private async untilWoken(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wakeUp = resolve;
      if (!this.current || this.stopping.signal.aborted) resolve();
    });
    this.wakeUp = null;
    // The first try after a break waits a little as well: a whole fleet may have lost its broker at this moment.
    if (!this.current && !this.stopping.signal.aborted) await this.pause();
  }
}
