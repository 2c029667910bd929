import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger, messageOf, withDeadline } from '@phalanx/kit';
import { LiveBus } from '../../platform/live/live-bus.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { MqttLink } from '../../platform/mqtt/mqtt-link.js';
import { Roles } from '../../platform/roles.js';
import { OfflineRepository } from './offline.repository.js';

const TICK_MS = 1_000;
/** The broker must take a message of ours within this, or it stands still and nobody is heard. */
const PROBE_MS = 2_000;
/** Nobody has this identity: what is sent to it reaches no one. */
const NOBODY = { applianceId: '00000000-0000-0000-0000-000000000000', serial: '0' };
/** More time than this between two ticks means that this process, or its database, stood still. */
const STALL_MS = 3_500;

/**
 * Puts boxes offline: those whose connection ended, and those that were silent for the limit while the ingress was receiving.
 * Time in which this process stood still, had no broker or no database, or in which another ingress process did not tick, is not
 * counted as silence.
 */
@Injectable()
export class OfflineSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly replicaId = randomUUID();
  private resumedAtMs = performance.now();
  private tickedAtMs = performance.now();
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    @Inject(MqttLink) private readonly link: MqttLink,
    @Inject(OfflineRepository) private readonly offline: OfflineRepository,
    @Inject(LiveBus) private readonly live: LiveBus,
    @Inject(Roles) private readonly roles: Roles,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.roles.has('ingress')) return;
    this.resumedAtMs = this.tickedAtMs = performance.now();
    this.schedule();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (!this.roles.has('ingress')) return;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
    await this.offline.leave(this.replicaId).catch((error: unknown) => {
      this.logger.warn('this ingress process could not sign off; others wait for it a little', { error: messageOf(error) });
    });
  }

  /** One look. `now` is a monotonic time in milliseconds. */
  async tick(nowMs: number): Promise<void> {
    if (nowMs - this.tickedAtMs > STALL_MS) this.resumedAtMs = nowMs;
    const receivingForMs = (await this.brokerAnswers()) ? this.receivingForMs(nowMs) : null;
    // Standing still between one statement and the next would make boxes look silent that were only not listened to.
    const startedMs = performance.now();
    const isValid = () => performance.now() - startedMs < STALL_MS;
    const countedSince = await this.offline.tick(this.replicaId, receivingForMs === null ? null : Math.max(0, receivingForMs));
    const byTenant = new Map<string, string[]>();
    for (const { tenantId, applianceId } of await this.offline.due(countedSince)) {
      const ids = byTenant.get(tenantId);
      if (ids) ids.push(applianceId);
      else byTenant.set(tenantId, [applianceId]);
    }
    for (const [tenantId, ids] of byTenant) {
      const gone = await this.offline.putOffline(tenantId, ids, countedSince, isValid);
      if (gone.length === 0) continue;
      this.logger.info('boxes went offline', { tenantId, applianceIds: gone });
      this.live.publish({ topic: 'appliance', tenantId, ids: gone });
    }
    this.tickedAtMs = nowMs;
  }

  private receivingForMs(nowMs: number): number | null {
    const { connectedSince } = this.link.receiving();
    return connectedSince ? Math.min(Date.now() - connectedSince.getTime(), nowMs - this.resumedAtMs) : null;
  }

  /** A connection alone proves little: a broker that stands still keeps it for a while. */
  private async brokerAnswers(): Promise<boolean> {
    try {
      await withDeadline(PROBE_MS, 'a probe of the broker', () => this.link.publish(NOBODY, 'ack', ''));
      return true;
    } catch (error) {
      this.logger.debug('silence is not counted: the broker does not answer', { error: messageOf(error) });
      this.resumedAtMs = performance.now();
      return false;
    }
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.running = this.tick(performance.now())
        .catch((error: unknown) => this.logger.warn('silent boxes could not be looked for', { error: messageOf(error) }))
        .finally(() => {
          if (!this.stopped) this.schedule();
        });
    }, TICK_MS).unref();
  }
}
