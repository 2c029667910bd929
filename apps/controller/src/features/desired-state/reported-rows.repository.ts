import { Injectable } from '@nestjs/common';
import type { Facet, ReleaseReference, ReportedState, SyncState } from '@phalanx/contracts';
import { Database } from '../../platform/db/database.js';
import type { DerivedFacet } from './derive-facet.js';

export interface ReportedFacet extends DerivedFacet {
  readonly facet: Facet;
  readonly expectedDigest: string | null;
  readonly renderedDigest: string | null;
}

export interface AcceptedReport {
  readonly applianceId: string;
  readonly enrolmentId: string;
  readonly formerEnrolments: readonly string[];
  readonly reported: ReportedState;
  readonly receivedAt: Date;
  /** Nothing is left to tell: announcements end until the next change. */
  readonly isSettled: boolean;
}

/** SQL of what boxes report: the `reported` and `applied` columns and the box's one-word status, in the transaction of the caller. */
@Injectable()
export class ReportedRows {
  constructor(private readonly database: Database) {}

  async saveReport({ applianceId, enrolmentId, formerEnrolments, reported, receivedAt, isSettled }: AcceptedReport): Promise<void> {
    await this.database.em().query(
      `update desired_states set reported_epoch = $2, reported_generation = $3, reported_revision = $4, reported_enrolment = $5,
         former_enrolments = $6, reported_at = $7, has_trusted_time = $8, workers_wanted = $9, workers = $10,
         announce_at = case when $11 then null else announce_at end, announce_attempts = case when $11 then 0 else announce_attempts end
        where appliance_id = $1`,
      [
        applianceId,
        reported.order?.epoch ?? null,
        reported.order?.generation ?? null,
        reported.revision,
        enrolmentId,
        formerEnrolments,
        receivedAt,
        reported.hasTrustedTime,
        reported.workersWanted,
        JSON.stringify(reported.workers),
        isSettled,
      ],
    );
  }

  /** Writes what the report means for one facet. Answers whether anything that people see has changed. */
  async saveFacet(applianceId: string, tenantId: string, facet: ReportedFacet): Promise<boolean> {
    const rows: unknown[] = await this.database.em().query(
      `insert into desired_facets as f (appliance_id, tenant_id, facet, state, applied, applied_at, expected_digest, rendered_digest, reason)
       values ($1, $2, $3, $4, $5, case when $5::jsonb is null then null else now() end, $6, $7, $8)
       on conflict (appliance_id, facet) do update set state = excluded.state, applied = excluded.applied,
         applied_at = case when f.applied is distinct from excluded.applied then excluded.applied_at else f.applied_at end,
         expected_digest = excluded.expected_digest, rendered_digest = excluded.rendered_digest, reason = excluded.reason
       where (f.state, f.applied, f.expected_digest, f.rendered_digest, f.reason)
         is distinct from (excluded.state, excluded.applied, excluded.expected_digest, excluded.rendered_digest, excluded.reason)
       returning 1`,
      [
        applianceId,
        tenantId,
        facet.facet,
        facet.state,
        facet.running ? JSON.stringify(facet.running) : null,
        facet.expectedDigest,
        facet.renderedDigest,
        facet.reason,
      ],
    );
    return rows.length > 0;
  }

  /** Answers whether the word or its reason has changed. */
  async saveStatus(applianceId: string, sync: { state: SyncState; reason: string | null }): Promise<boolean> {
    const [, changed] = await this.database.em().query<[unknown[], number]>(
      `update appliance_status set sync_state = $2, sync_reason = $3
        where appliance_id = $1 and (sync_state, sync_reason) is distinct from ($2, $3)`,
      [applianceId, sync.state, sync.reason],
    );
    return changed > 0;
  }

  /**
   * Takes over what a box that is ahead of us reports: nothing is written for it until the next change, which will come in an epoch
   * above the box's.
   */
  async adopt(
    applianceId: string,
    tenantId: string,
    epoch: number,
    adopted: readonly { facet: Facet; desired: ReleaseReference }[],
  ): Promise<void> {
    const em = this.database.em();
    await em.query(
      `update desired_states set epoch = $2, generation = 0, document = null, announce_at = null, announce_attempts = 0 where appliance_id = $1`,
      [applianceId, epoch],
    );
    await em.query(
      `insert into desired_facets (appliance_id, tenant_id, facet, desired, desired_at)
       select $1, $2, n.facet, n.desired, now() from jsonb_to_recordset($3::jsonb) as n(facet text, desired jsonb)
       on conflict (appliance_id, facet) do update set desired = excluded.desired, desired_at = excluded.desired_at`,
      [applianceId, tenantId, JSON.stringify(adopted)],
    );
  }
}
