import { Injectable } from '@nestjs/common';
import type { Facet, ReleaseReference, SyncState, WorkerState } from '@phalanx/contracts';
import { Database } from '../../platform/db/database.js';
import type { DerivedFacet } from './derive-facet.js';

export interface FacetRow {
  readonly facet: Facet;
  /** Digest that the controller's own data last asked for. It differs from `desired` only after a box's facts were adopted. */
  readonly intentSha256: string | null;
  readonly desired: ReleaseReference | null;
  readonly desiredAt: Date | null;
  readonly sent: ReleaseReference | null;
  readonly sentAt: Date | null;
  readonly applied: ReleaseReference | null;
  readonly appliedAt: Date | null;
  readonly state: DerivedFacet['state'];
  readonly expectedDigest: string | null;
  readonly renderedDigest: string | null;
  readonly reason: string | null;
  /** What differs where it drifted, as a unified diff. */
  readonly diff: string | null;
  readonly ignored: IgnoredDrift | null;
}

/** Somebody has said that exactly this difference is no matter. */
export interface IgnoredDrift {
  /** What was found; null: nothing was there. */
  readonly renderedDigest: string | null;
  readonly by: string;
  readonly at: string;
}

export interface StateRow {
  readonly applianceId: string;
  readonly tenantId: string;
  readonly epoch: number;
  readonly generation: number;
  /** The signed desired state as it is published; null before the first, and after an adoption until the next change. */
  readonly document: string | null;
  readonly sentEpoch: number | null;
  readonly sentGeneration: number | null;
  readonly sentAt: Date | null;
  readonly announceAttempts: number;
  readonly reportedEpoch: number | null;
  readonly reportedGeneration: number | null;
  readonly reportedRevision: number | null;
  readonly reportedEnrolment: string | null;
  readonly formerEnrolments: readonly string[];
  readonly reportedAt: Date | null;
  readonly hasTrustedTime: boolean;
  readonly workersWanted: number;
  readonly workers: readonly WorkerState[];
}

const STATE_COLUMNS = `s.appliance_id as "applianceId", s.tenant_id as "tenantId", s.epoch, s.generation, s.document,
  s.sent_epoch as "sentEpoch", s.sent_generation as "sentGeneration", s.sent_at as "sentAt", s.announce_attempts as "announceAttempts",
  s.reported_epoch as "reportedEpoch", s.reported_generation as "reportedGeneration", s.reported_revision::float8 as "reportedRevision",
  s.reported_enrolment as "reportedEnrolment", s.former_enrolments as "formerEnrolments", s.reported_at as "reportedAt",
  s.has_trusted_time as "hasTrustedTime", s.workers_wanted as "workersWanted", s.workers`;

const FACET_COLUMNS = `facet, intent_sha256 as "intentSha256", desired, desired_at as "desiredAt", sent, sent_at as "sentAt",
  applied, applied_at as "appliedAt", state, expected_digest as "expectedDigest", rendered_digest as "renderedDigest", reason,
  diff, ignored`;

/** SQL of `desired_states` and `desired_facets`, in the transaction of the caller. */
@Injectable()
export class StateRows {
  constructor(private readonly database: Database) {}

  /** Makes missing rows of appliances that exist, and locks all of them, in one order, until the transaction ends. */
  async lock(tenantId: string, applianceIds: readonly string[]): Promise<StateRow[]> {
    const present = await this.lockPresent(applianceIds);
    if (present.length === applianceIds.length) return present;
    await this.query(
      `insert into desired_states (appliance_id, tenant_id)
       select id, tenant_id from appliances where tenant_id = $1 and id = any($2) order by id on conflict do nothing`,
      [tenantId, applianceIds],
    );
    return this.lockPresent(applianceIds);
  }

  /** Those of the ids that are appliances in scope which shall have the facet, or still run it. */
  async needing(facet: Facet, applianceIds: readonly string[]): Promise<string[]> {
    const rows = await this.query<{ id: string }>(
      `select appliance_id as id from desired_facets
        where facet = $1 and appliance_id = any($2) and num_nonnulls(desired, applied) > 0`,
      [facet, applianceIds],
    );
    return rows.map((row) => row.id);
  }

  private lockPresent(applianceIds: readonly string[]): Promise<StateRow[]> {
    return this.query(`select ${STATE_COLUMNS} from desired_states s where s.appliance_id = any($1) order by s.appliance_id for update`, [
      applianceIds,
    ]);
  }

  async byAppliance(applianceId: string): Promise<StateRow | null> {
    return (
      (await this.query<StateRow>(`select ${STATE_COLUMNS} from desired_states s where s.appliance_id = $1`, [applianceId]))[0] ?? null
    );
  }

  async facets(applianceIds: readonly string[]): Promise<Map<string, FacetRow[]>> {
    const rows = await this.query<FacetRow & { applianceId: string }>(
      `select appliance_id as "applianceId", ${FACET_COLUMNS} from desired_facets where appliance_id = any($1)`,
      [applianceIds],
    );
    const byAppliance = new Map<string, FacetRow[]>();
    for (const row of rows) byAppliance.set(row.applianceId, [...(byAppliance.get(row.applianceId) ?? []), row]);
    return byAppliance;
  }

  /** The tenant of an appliance, or null where the caller sees none. */
  async tenantOf(applianceId: string): Promise<string | null> {
    const rows = await this.query<{ tenantId: string }>('select tenant_id as "tenantId" from appliances where id = $1', [applianceId]);
    return rows[0]?.tenantId ?? null;
  }

  /** True when a desired or sent release of the box has this digest. */
  async names(applianceId: string, sha256: string): Promise<boolean> {
    const rows = await this.query(
      `select 1 from desired_facets where appliance_id = $1 and (desired->>'sha256' = $2 or sent->>'sha256' = $2) limit 1`,
      [applianceId, sha256],
    );
    return rows.length > 0;
  }

  /** Writes new desired states. The box is told anew at once, and every facet waits for it. */
  async saveDesired(states: readonly { applianceId: string; epoch: number; generation: number; document: string }[]): Promise<void> {
    await this.query(
      `update desired_states s set epoch = n.epoch, generation = n.generation, document = n.document, announce_at = now(),
         announce_attempts = 0
       from jsonb_to_recordset($1::jsonb) as n("applianceId" uuid, epoch int, generation int, document text)
       where s.appliance_id = n."applianceId"`,
      [JSON.stringify(states)],
    );
    await this.query(
      `update appliance_status set sync_state = 'pending', sync_reason = 'a newer desired state waits for the box'
        where appliance_id = any($1) and sync_state not in ('never-enrolled', 'quarantined')`,
      [states.map((state) => state.applianceId)],
    );
  }

  /** Ends the waiting of boxes for which a change came to nothing new. */
  async saveUnchanged(words: readonly { applianceId: string; state: SyncState; reason: string | null }[]): Promise<void> {
    await this.query(
      `update appliance_status s set sync_state = n.state, sync_reason = n.reason
         from jsonb_to_recordset($1::jsonb) as n("applianceId" uuid, state text, reason text)
        where s.appliance_id = n."applianceId" and s.sync_state = 'pending' and s.sync_reason = 'a change is being worked out'`,
      [JSON.stringify(words)],
    );
  }

  /** Writes what facets shall be (null: no more there); those that change become pending. */
  async saveDesiredFacets(
    tenantId: string,
    facets: readonly { applianceId: string; facet: Facet; intentSha256: string | null; desired: ReleaseReference | null }[],
  ): Promise<void> {
    await this.query(
      `insert into desired_facets (appliance_id, tenant_id, facet, intent_sha256, desired, desired_at, state, reason)
       select n."applianceId", $1, n.facet, n."intentSha256", n.desired, now(), 'pending', 'the box has not been told yet'
         from jsonb_to_recordset($2::jsonb) as n("applianceId" uuid, facet text, "intentSha256" text, desired jsonb)
       on conflict (appliance_id, facet) do update set intent_sha256 = excluded.intent_sha256, desired = excluded.desired,
         desired_at = excluded.desired_at, state = excluded.state, reason = excluded.reason`,
      [tenantId, JSON.stringify(facets)],
    );
  }

  async saveIgnored(applianceId: string, facet: Facet, ignored: IgnoredDrift | null): Promise<void> {
    await this.query('update desired_facets set ignored = $3 where appliance_id = $1 and facet = $2', [
      applianceId,
      facet,
      ignored && JSON.stringify(ignored),
    ]);
  }

  /** The box's one word. */
  async saveSync(applianceId: string, sync: { readonly state: SyncState; readonly reason: string | null }): Promise<void> {
    await this.query(
      `update appliance_status set sync_state = $2, sync_reason = $3
        where appliance_id = $1 and sync_state not in ('never-enrolled', 'quarantined')`,
      [applianceId, sync.state, sync.reason],
    );
  }

  private query<T>(sql: string, parameters: readonly unknown[]): Promise<T[]> {
    return this.database.em().query(sql, [...parameters]);
  }
}
