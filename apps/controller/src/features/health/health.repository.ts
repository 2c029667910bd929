import { Injectable } from '@nestjs/common';
import type { BoxMetrics, EngineMetrics, GuardState, Heartbeat, NetworkFigures } from '@phalanx/contracts';
import { Database } from '../../platform/db/database.js';
import type { BoxClock, ClockWindow } from './box-clock.js';
import type { ConnectionState } from './connection-state.js';

/** The part of a row that the next message of the box is judged by. */
export interface KnownBox {
  readonly online: boolean;
  readonly connections: ConnectionState;
  readonly window: ClockWindow | null;
  readonly monotonicMs: number | null;
  /** Null before its clock was measured. */
  readonly wallOffsetMs: number | null;
}

export interface HealthRow {
  readonly tenantId: string;
  readonly online: boolean | null;
  readonly offlineReason: string | null;
  readonly lastSeenAt: Date | null;
  readonly clockOffsetMs: number | null;
  readonly clockUncertaintyMs: number | null;
  readonly certificateNotAfter: Date | null;
  readonly agentVersion: string | null;
  readonly engineVersion: string | null;
  readonly box: BoxMetrics | null;
  readonly engine: EngineMetrics | null;
  readonly network: NetworkFigures | null;
  readonly guard: GuardState | null;
  readonly capabilities: Heartbeat['capabilities'];
}

const PAST_BOOTS = 32;

/** How each box is now. Owns the table `appliance_health` and writes the link's part of `appliance_status`. */
@Injectable()
export class HealthRepository {
  constructor(private readonly database: Database) {}

  /** Locks the box's row until the transaction ends, so that its messages take effect one by one. Null for an appliance that is gone. */
  async lock(tenantId: string, applianceId: string): Promise<KnownBox | null> {
    const em = this.database.em();
    await em.query(
      `insert into appliance_health (tenant_id, appliance_id, online, heard_at)
       select $1, id, false, now() from appliances where id = $2 and tenant_id = $1 on conflict do nothing`,
      [tenantId, applianceId],
    );
    const [row] = await em.query<
      {
        online: boolean;
        current: string | null;
        past: string[];
        bootId: string | null;
        monotonicMs: number | null;
        samples: number[];
        skewMs: number | null;
        wallOffsetMs: number | null;
      }[]
    >(
      `select online, connection_id as current, past_connections as past, boot_id as "bootId", monotonic_ms as "monotonicMs",
              clock_samples as samples, clock_skew_ms as "skewMs", wall_offset_ms as "wallOffsetMs"
         from appliance_health where appliance_id = $1 for update`,
      [applianceId],
    );
    if (!row) return null;
    const window = row.bootId !== null && row.skewMs !== null ? { bootId: row.bootId, samples: row.samples, skewMs: row.skewMs } : null;
    const { online, current, past, monotonicMs, wallOffsetMs } = row;
    return { online, connections: { current, past }, window, monotonicMs, wallOffsetMs };
  }

  /** The box was heard: it is online. */
  async markHeard(applianceId: string, { current, past }: ConnectionState): Promise<void> {
    await this.database.em().query(
      `update appliance_health set online = true, connection_id = $2, past_connections = $3, heard_at = clock_timestamp(),
              offline_due_at = null, offline_due_reason = null
        where appliance_id = $1`,
      [applianceId, current, past],
    );
  }

  /** A connection has ended; the box goes offline after the grace unless a newer connection shows up. A null grace changes the connections alone. */
  async markEnded(applianceId: string, { current, past }: ConnectionState, graceMs: number | null, reason: string): Promise<void> {
    await this.database.em().query(
      `update appliance_health set connection_id = $2, past_connections = $3,
              offline_due_at = case when $4::float8 is null then offline_due_at else clock_timestamp() + $4::float8 * interval '1 millisecond' end,
              offline_due_reason = case when $4::float8 is null then offline_due_reason else $5 end
        where appliance_id = $1`,
      [applianceId, current, past, graceMs, reason],
    );
  }

  /** The clock of a boot that has ended is kept beside the present one. */
  async saveHeartbeat(applianceId: string, heartbeat: Heartbeat, window: ClockWindow, clock: BoxClock): Promise<void> {
    await this.database.em().query(
      `update appliance_health set past_boots = case when boot_id is null or boot_id = $2 then past_boots else
                (select jsonb_agg(b.boot) from (select boot from jsonb_array_elements(jsonb_build_array(jsonb_build_object('bootId', boot_id,
                   'monotonicOffsetMs', monotonic_offset_ms, 'wallOffsetMs', wall_offset_ms, 'uncertaintyMs', clock_uncertainty_ms)) || past_boots)
                   as boot limit ${PAST_BOOTS}) b) end,
              boot_id = $2, monotonic_ms = $3, clock_samples = $4, clock_skew_ms = $5, monotonic_offset_ms = $6,
              wall_offset_ms = $7, clock_uncertainty_ms = $8, certificate_not_after = $9, box = $10, engine = $11, network = $12,
              guard = $13, capabilities = $14, figures_at = clock_timestamp()
        where appliance_id = $1`,
      [
        applianceId,
        heartbeat.bootId,
        heartbeat.monotonicMs,
        window.samples,
        window.skewMs,
        clock.monotonicOffsetMs,
        clock.wallOffsetMs,
        clock.uncertaintyMs,
        heartbeat.certificateNotAfter,
        JSON.stringify(heartbeat.box),
        heartbeat.engine ? JSON.stringify(heartbeat.engine) : null,
        heartbeat.network ? JSON.stringify(heartbeat.network) : null,
        heartbeat.guard ? JSON.stringify(heartbeat.guard) : null,
        JSON.stringify(heartbeat.capabilities),
      ],
    );
  }

  /** Shows the box as online; versions stay as they are where a message does not tell them. Returns whether a reader sees a difference. */
  async showOnline(
    tenantId: string,
    applianceId: string,
    seenAt: Date,
    versions: Pick<Heartbeat, 'agentVersion' | 'engineVersion'> | null,
  ): Promise<boolean> {
    const em = this.database.em();
    const [before] = await em.query<{ online: boolean; agentVersion: string | null; engineVersion: string | null }[]>(
      `select online, agent_version as "agentVersion", engine_version as "engineVersion" from appliance_status
        where appliance_id = $1 for update`,
      [applianceId],
    );
    await em.query(
      `insert into appliance_status as s (tenant_id, appliance_id, online, last_seen_at, agent_version, engine_version)
       values ($1, $2, true, $3, $4, $5)
       on conflict (appliance_id) do update set online = true, offline_reason = null,
         last_seen_at = greatest(s.last_seen_at, excluded.last_seen_at),
         agent_version = case when $6 then excluded.agent_version else s.agent_version end,
         engine_version = case when $6 then excluded.engine_version else s.engine_version end`,
      [tenantId, applianceId, seenAt, versions?.agentVersion ?? null, versions?.engineVersion ?? null, versions !== null],
    );
    if (!before?.online) return true;
    return versions !== null && (before.agentVersion !== versions.agentVersion || before.engineVersion !== versions.engineVersion);
  }

  async clockOf(applianceId: string): Promise<BoxClock | null> {
    const [row] = await this.database.em().query<BoxClock[]>(
      `select boot_id as "bootId", monotonic_offset_ms as "monotonicOffsetMs", wall_offset_ms as "wallOffsetMs",
              clock_uncertainty_ms as "uncertaintyMs"
         from appliance_health where appliance_id = $1 and monotonic_offset_ms is not null`,
      [applianceId],
    );
    return row ?? null;
  }

  /** The present boot and those before it, newest first, by appliance. */
  async clocksOfBoots(applianceIds: readonly string[]): Promise<ReadonlyMap<string, readonly BoxClock[]>> {
    const rows = await this.database.em().query<(BoxClock & { applianceId: string; past: BoxClock[] })[]>(
      `select appliance_id as "applianceId", boot_id as "bootId", monotonic_offset_ms as "monotonicOffsetMs", wall_offset_ms as "wallOffsetMs",
              clock_uncertainty_ms as "uncertaintyMs", past_boots as past
         from appliance_health where appliance_id = any($1::uuid[]) and monotonic_offset_ms is not null`,
      [applianceIds],
    );
    return new Map(rows.map(({ applianceId, past, ...clock }) => [applianceId, [clock, ...past]]));
  }

  /** Null where there is no such appliance; a box that was never heard has empty figures. */
  async read(applianceId: string): Promise<HealthRow | null> {
    const [row] = await this.database.em().query<HealthRow[]>(
      `select a.tenant_id as "tenantId", s.online, s.offline_reason as "offlineReason", s.last_seen_at as "lastSeenAt",
              h.wall_offset_ms as "clockOffsetMs", h.clock_uncertainty_ms as "clockUncertaintyMs",
              h.certificate_not_after as "certificateNotAfter", s.agent_version as "agentVersion", s.engine_version as "engineVersion",
              h.box, h.engine, h.network, h.guard, coalesce(h.capabilities, '[]') as capabilities
         from appliances a
         left join appliance_status s on s.appliance_id = a.id
         left join appliance_health h on h.appliance_id = a.id
        where a.id = $1`,
      [applianceId],
    );
    return row ?? null;
  }
}
