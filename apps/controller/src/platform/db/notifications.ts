import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { backoffMs, type Logger, messageOf } from '@phalanx/kit';
import pg from 'pg';
import type { ConfigOf } from '../config/config-slice.js';
import { Envelope } from '../crypto/envelope.js';
import { LOGGER } from '../log/logger.token.js';
import { platformConfig } from '../platform.config.js';
import { databaseUrl } from './database.module.js';

/**
 * One connection that listens to PostgreSQL's NOTIFY for all of the process, and connects anew when it breaks. Notifications are
 * hints: what happened during a break is found by sweeps.
 */
@Injectable()
export class Notifications implements OnModuleInit, OnApplicationShutdown {
  private readonly listeners = new Map<string, Set<(payload: string) => void>>();
  private client: pg.Client | null = null;
  private queue: Promise<void> = Promise.resolve();
  private stopped = false;
  private attempt = 0;

  constructor(
    @Inject(platformConfig.token) private readonly config: ConfigOf<typeof platformConfig>,
    private readonly envelope: Envelope,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.client?.end().catch(() => undefined);
  }

  /** `channel` is a plain word. After a reconnect every listener is called with an empty payload: look for yourself. */
  listen(channel: string, listener: (payload: string) => void): () => void {
    const known = this.listeners.get(channel);
    if (known) known.add(listener);
    else {
      this.listeners.set(channel, new Set([listener]));
      this.send(`listen ${channel}`);
    }
    return () => this.listeners.get(channel)?.delete(listener);
  }

  /** Sends outside of any transaction; a failure is only logged. */
  notify(channel: string, payload: string): void {
    this.send('select pg_notify($1, $2)', [channel, payload]);
  }

  /** One after the other, as a connection works; a failure is only logged, and nothing is sent while there is no connection. */
  private send(sql: string, values: readonly string[] = []): void {
    const client = this.client;
    if (!client) return;
    this.queue = this.queue
      .then(() => client.query(sql, [...values]))
      .then(
        () => undefined,
        (error: unknown) => this.logger.debug('a notification could not be sent', { error: messageOf(error) }),
      );
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: databaseUrl(this.config, this.envelope),
      application_name: 'phalanx-notifications',
      keepAlive: true,
    });
    client.on('error', () => undefined);
    client.on('end', () => this.reconnect());
    client.on('notification', ({ channel, payload }) => this.deliver(channel, payload ?? ''));
    try {
      await client.connect();
      for (const channel of this.listeners.keys()) await client.query(`listen ${channel}`);
    } catch (error) {
      this.logger.warn('the connection for notifications could not be made', { error: messageOf(error) });
      return;
    }
    this.client = client;
    const isFirst = this.attempt === 0;
    this.attempt = 0;
    if (!isFirst) for (const channel of this.listeners.keys()) this.deliver(channel, '');
  }

  private reconnect(): void {
    this.client = null;
    if (this.stopped) return;
    setTimeout(() => void this.connect(), backoffMs(this.attempt++, { firstMs: 200, maxMs: 5_000 })).unref();
  }

  private deliver(channel: string, payload: string): void {
    for (const listener of this.listeners.get(channel) ?? []) listener(payload);
  }
}
