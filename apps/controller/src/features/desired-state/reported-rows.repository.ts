import { Injectable } from '@nestjs/common';
import type { Facet, ReleaseReference, ReportedState, SyncState } from '@phalanx/contracts';
import { Database } from '../../platform/db/database.js';
import type { DerivedFacet } from './derive-facet.js';

export interface ReportedFacet extends DerivedFacet {
  readonly facet: Facet;
  readonly expectedDigest: string | null;
  readonly renderedDigest: string | null;
  readonly diff: string | null;
}

export interface AcceptedReport {
  readonly applianceId: string;
  readonly enrolmentId: string;
  readonly formerEnrolments: readonly string[];
  readonly reported: ReportedState;
  readonly receivedAt: Date;
  /** Nothing is left to tell: announcements end until the next change. */
  readonly isSettled: boolean;
  readonly sync: { readonly state: SyncState; readonly reason: string | null };
}

/** SQL of what boxes report: the `reported` and `applied` columns and the box's one-word status, in the transaction of the caller. */
@Injectable()
export class ReportedRows {
  constructor(private readonly database: Database) {}

  /** Writes a report and the box's one word. Answers whether the word or its reason has changed. */
  async saveReport({
    applianceId,
    enrolmentId,
    formerEnrolments,
    reported,
    receivedAt,
    isSettled,
    sync,
  }: AcceptedReport): Promise<boolean> {
    const [, changed] = await this.database.em().query<[unknown[], number]>(
      `with report as (
         update desired_states set reported_epoch = $2, reported_generation = $3, reported_revision = $4, reported_enrolment = $5,
           former_enrolments = $6, reported_at = $7, has_trusted_time = $8, workers_wanted = $9, workers = $10,
           announce_at = case when $11 then null else announce_at end, announce_attempts = case when $11 then 0 else announce_attempts end
          where appliance_id = $1)
       update appliance_status set sync_state = word.state, sync_reason = word.reason
         from (
           -- In sync with what is known, but a change that nobody has worked out yet waits.
           select case when waits then 'pending' else $12 end as state, case when waits then 'a change is being worked out' else $13 end as reason
             from (select $12 = 'in-sync' and exists (
               select from changes where topic = 'appliance.intent' and attempts = 0 and payload = jsonb_build_object('applianceId', $1::uuid)
             ) as waits)
         ) word
        where appliance_id = $1 and (sync_state, sync_reason) is distinct from (word.state, word.reason)`,
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
        sync.state,
        sync.reason,
      ],
    );
    return changed > 0;
  }

  /** Writes what a report means for facets in which it changed something. */
  async saveFacets(applianceId: string, tenantId: string, facets: readonly ReportedFacet[]): Promise<void> {
    await this.database.em().query(
      `insert into desired_facets as f (appliance_id, tenant_id, facet, state, applied, applied_at, expected_digest, rendered_digest, reason, diff)
       select $1, $2, n.facet, n.state, n.running, case when n.running is null then null else clock_timestamp() end, n."expectedDigest",
           n."renderedDigest", n.reason, n.diff
         from jsonb_to_recordset($3::jsonb)
           as n(facet text, state text, running jsonb, "expectedDigest" text, "renderedDigest" text, reason text, diff text)
       on conflict (appliance_id, facet) do update set state = excluded.state, applied = excluded.applied,
         applied_at = case when f.applied is distinct from excluded.applied then excluded.applied_at else f.applied_at end,
         expected_digest = excluded.expected_digest, rendered_digest = excluded.rendered_digest, reason = excluded.reason, diff = excluded.diff`,
      [applianceId, tenantId, JSON.stringify(facets)],
    );
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
