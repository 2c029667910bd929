import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AppError, backoffMs, type Logger, messageOf } from '@phalanx/kit';
import { Notifications } from '../db/notifications.js';
import { LOGGER } from '../log/logger.token.js';
import { type ChangeTopic, type ChangeTopics, Changes } from './changes.js';
import { OutboxRepository, type OutboxRow } from './outbox.repository.js';

const BATCH = 500;
/** A lost notification is made up for by this sweep. */
const SWEEP_MS = 5_000;
/** A claim whose holder died is free again after this. */
const LEASE_MS = 30_000;

type Consumer = (tenantId: string, payloads: readonly never[]) => Promise<void>;

interface Lane {
  readonly consumer: Consumer;
  busy: boolean;
  again: boolean;
}

/** `Changes` over the table `changes`: one lane a topic, drained on NOTIFY and by a sweep. */
@Injectable()
export class Outbox extends Changes implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly lanes = new Map<ChangeTopic, Lane>();
  private sweep: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly rows: OutboxRepository,
    private readonly notifications: Notifications,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
  }

  async emit<T extends ChangeTopic>(topic: T, tenantId: string, payloads: readonly ChangeTopics[T][]): Promise<void> {
    if (payloads.length > 0) await this.rows.add(topic, tenantId, payloads);
  }

  consume<T extends ChangeTopic>(topic: T, consumer: (tenantId: string, payloads: readonly ChangeTopics[T][]) => Promise<void>): void {
    if (this.lanes.has(topic)) throw new AppError('bug', 'changes.second-consumer', `the topic ${topic} already has its consumer`);
    this.lanes.set(topic, { consumer: consumer as unknown as Consumer, busy: false, again: false });
  }

  onApplicationBootstrap(): void {
    this.notifications.listen('phalanx_changes', (topic) => {
      for (const name of topic === '' ? this.lanes.keys() : [topic as ChangeTopic]) this.wake(name);
    });
    const all = () => [...this.lanes.keys()].forEach((name) => this.wake(name));
    this.sweep = setInterval(all, SWEEP_MS).unref();
    all();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.sweep) clearInterval(this.sweep);
    while ([...this.lanes.values()].some((lane) => lane.busy)) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  private wake(topic: ChangeTopic): void {
    const lane = this.lanes.get(topic);
    if (!lane) return;
    if (lane.busy) {
      lane.again = true;
      return;
    }
    lane.busy = true;
    void this.drain(topic, lane).finally(() => {
      lane.busy = false;
      if (lane.again && !this.stopped) {
        lane.again = false;
        this.wake(topic);
      }
    });
  }

  private async drain(topic: ChangeTopic, lane: Lane): Promise<void> {
    while (!this.stopped) {
      try {
        const rows = await this.rows.claim(topic, BATCH, LEASE_MS);
        if (rows.length === 0) return;
        await this.work(topic, lane, rows);
      } catch (error) {
        // The database is away: the sweep comes back.
        this.logger.warn('the outbox could not be reached', { topic, error: messageOf(error) });
        return;
      }
    }
  }

  private async work(topic: ChangeTopic, lane: Lane, rows: readonly OutboxRow[]): Promise<void> {
    const ids = rows.map((row) => row.id);
    try {
      await lane.consumer(rows[0]!.tenantId, rows.map((row) => row.payload) as never[]);
    } catch (error) {
      const attempts = Math.max(...rows.map((row) => row.attempts));
      this.logger.warn('a change could not be worked on; it will be tried again', { topic, attempts, error: messageOf(error) });
      await this.rows.putOff(ids, backoffMs(attempts, { firstMs: 250, maxMs: 60_000 }));
      return;
    }
    await this.rows.remove(ids);
  }
}
