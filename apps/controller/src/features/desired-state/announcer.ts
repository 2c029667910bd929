import { Inject, Injectable } from '@nestjs/common';
import { downTopic } from '@phalanx/contracts';
import { type Logger, messageOf } from '@phalanx/kit';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { MqttLink } from '../../platform/mqtt/mqtt-link.js';
import { BoxIdentities } from '../enrolment/index.js';
import { type Announcement, AnnounceRows } from './announce-rows.repository.js';
import { desiredStateConfig } from './desired-state.config.js';

const BATCH = 500;

/**
 * Tells boxes their desired state: a retained message on each of a box's enrolments. What the broker has taken is `sent`; it is told again,
 * with a growing delay, until it is applied.
 */
@Injectable()
export class Announcer {
  constructor(
    private readonly database: Database,
    private readonly rows: AnnounceRows,
    private readonly mqtt: MqttLink,
    private readonly identities: BoxIdentities,
    @Inject(desiredStateConfig.token) private readonly config: ConfigOf<typeof desiredStateConfig>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Tells these boxes now. */
  async announce(tenantId: string, applianceIds: readonly string[]): Promise<void> {
    if (applianceIds.length === 0) return;
    const documents = await this.database.run(scopeOfTenant(tenantId), async () => {
      // The next turn of the sweep is for those that this doesn't reach.
      await this.rows.callSoon(applianceIds, this.config.PHALANX_ANNOUNCE_FIRST_MS);
      return this.rows.documents(applianceIds);
    });
    await this.tell(tenantId, documents);
  }

  /** Tells every box of every tenant: the broker may have lost what it retained. */
  async announceAll(): Promise<void> {
    for (const tenantId of await this.database.allTenantIds())
      await this.tell(tenantId, await this.database.run(scopeOfTenant(tenantId), () => this.rows.documents(null)));
  }

  /** Tells those whose turn has come. */
  async announceDue(): Promise<void> {
    const { PHALANX_ANNOUNCE_FIRST_MS: firstMs, PHALANX_ANNOUNCE_MAX_MS: maxMs } = this.config;
    const scope = { tenantIds: await this.database.allTenantIds(), provider: false };
    const due = await this.database.run(scope, () => this.rows.takeDue(BATCH, firstMs, maxMs));
    const byTenant = Map.groupBy(due, (announcement) => announcement.tenantId);
    for (const [tenantId, announcements] of byTenant) await this.tell(tenantId, announcements);
  }

  private async tell(tenantId: string, announcements: readonly Announcement[]): Promise<void> {
    if (announcements.length === 0) return;
    const identities = await this.identities.ofAppliances(
      tenantId,
      announcements.map((announcement) => announcement.applianceId),
    );
    const told = await Promise.all(
      announcements.map(async (announcement) => {
        const known = identities.get(announcement.applianceId) ?? [];
        const taken = await Promise.all(known.map((identity) => this.publish(identity, announcement.document)));
        return taken.some(Boolean) ? [announcement] : [];
      }),
    );
    const sent = told.flat();
    if (sent.length > 0) await this.database.run(scopeOfTenant(tenantId), () => this.rows.markSent(sent));
  }

  private async publish(identity: { applianceId: string; serial: string }, document: string): Promise<boolean> {
    try {
      await this.mqtt.publish(identity, 'desired', document, { retain: true });
      return true;
    } catch (error) {
      this.logger.warn('a desired state could not be announced; it will be tried again', {
        topic: downTopic(identity, 'desired'),
        error: messageOf(error),
      });
      return false;
    }
  }
}
