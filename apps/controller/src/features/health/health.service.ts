import { Inject, Injectable } from '@nestjs/common';
import type { Heartbeat, Presence } from '@phalanx/contracts';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { LiveBus } from '../../platform/live/live-bus.js';
import { Partitions } from '../partitions/index.js';
import { addSample, type BoxClock, estimateClock, isClockOff } from './box-clock.js';
import { endOf, hearFrom } from './connection-state.js';
import { HealthMinutesRepository } from './health-minutes.repository.js';
import { HealthRepository } from './health.repository.js';

/** A box whose connection broke is given this long to come back, because a takeover's old will may overtake the new connection's word. */
const GRACE_MS = 2_000;

export interface BoxMessage {
  readonly tenantId: string;
  readonly applianceId: string;
  readonly receivedAt: Date;
}

/** What heartbeats and presence say of a box. Messages may be repeated and come in any order. */
@Injectable()
export class HealthService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(HealthRepository) private readonly health: HealthRepository,
    @Inject(HealthMinutesRepository) private readonly minutes: HealthMinutesRepository,
    @Inject(Partitions) private readonly partitions: Partitions,
    @Inject(LiveBus) private readonly live: LiveBus,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** Returns false for a heartbeat that says nothing new: of a connection that is over, repeated, or overtaken. */
  async takeHeartbeat({ tenantId, applianceId, receivedAt }: BoxMessage, heartbeat: Heartbeat): Promise<boolean> {
    await this.partitions.ensure('health_minutes', [receivedAt.getTime()]);
    return this.database.run(scopeOfTenant(tenantId), async () => {
      const known = await this.health.lock(tenantId, applianceId);
      const connections = known && hearFrom(known.connections, heartbeat.connectionId);
      if (!known || !connections) return false;
      // A new connection is newer whatever its clock says: a box restored from a snapshot goes on with an old one.
      const isSameRun = known.connections.current === heartbeat.connectionId && known.window?.bootId === heartbeat.bootId;
      if (isSameRun && known.monotonicMs !== null && heartbeat.monotonicMs <= known.monotonicMs) return false;
      const window = addSample(known.window, {
        bootId: heartbeat.bootId,
        monotonicMs: heartbeat.monotonicMs,
        wallMs: Date.parse(heartbeat.time),
        receivedAtMs: receivedAt.getTime(),
      });
      await this.health.markHeard(applianceId, connections);
      const clock = estimateClock(window);
      await this.health.saveHeartbeat(applianceId, heartbeat, window, clock);
      await this.alarm({ tenantId, applianceId }, known.wallOffsetMs, clock);
      await this.minutes.add(tenantId, applianceId, receivedAt, heartbeat);
      if (await this.health.showOnline(tenantId, applianceId, receivedAt, heartbeat)) this.hint(tenantId, applianceId);
      return true;
    });
  }

  async takePresence({ tenantId, applianceId, receivedAt }: BoxMessage, presence: Presence): Promise<void> {
    await this.database.run(scopeOfTenant(tenantId), async () => {
      const known = await this.health.lock(tenantId, applianceId);
      if (!known) return;
      if (presence.state === 'offline') {
        const { state, wasCurrent } = endOf(known.connections, presence.connectionId);
        await this.health.markEnded(applianceId, state, wasCurrent ? GRACE_MS : null, presence.reason ?? 'the connection broke');
        return;
      }
      const connections = hearFrom(known.connections, presence.connectionId);
      if (!connections) return;
      await this.health.markHeard(applianceId, connections);
      if (await this.health.showOnline(tenantId, applianceId, receivedAt, null)) this.hint(tenantId, applianceId);
    });
  }

  /** A clock that goes wrong, and one that is right again, stand in the trail once. */
  private async alarm({ tenantId, applianceId }: Omit<BoxMessage, 'receivedAt'>, beforeMs: number | null, clock: BoxClock): Promise<void> {
    const isOff = isClockOff(clock.wallOffsetMs);
    if (isOff === isClockOff(beforeMs ?? 0)) return;
    const details = { offsetMs: Math.round(clock.wallOffsetMs), uncertaintyMs: Math.round(clock.uncertaintyMs) };
    const action = isOff ? 'appliance.clock-off' : 'appliance.clock-right';
    await this.audit.record({ tenantId, actor: 'system', action, subject: `appliance:${applianceId}`, details });
  }

  private hint(tenantId: string, applianceId: string): void {
    this.live.publish({ topic: 'appliance', tenantId, ids: [applianceId] });
  }
}
