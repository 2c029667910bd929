import { Inject, Injectable } from '@nestjs/common';
import { compareOrder, FACETS, type ReportedState } from '@phalanx/contracts';
import { canonicalJson, type Logger } from '@phalanx/kit';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { LiveBus } from '../../platform/live/live-bus.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { deriveFacet, isIgnored, syncStateOf } from './derive-facet.js';
import type { IncomingReport } from './incoming-report.js';
import { ReportListeners } from './report-listeners.js';
import { type ReportedFacet, ReportedRows } from './reported-rows.repository.js';
import { type FacetRow, type StateRow, StateRows } from './state-rows.repository.js';

export type ReportOutcome =
  /** The box says something older than what is known. */
  | 'stale'
  | 'accepted'
  /** It works on an older desired state than the present one. */
  | 'behind'
  /** It was ahead of us; its facts were taken over. */
  | 'adopted';

const FORMER_ENROLMENTS = 8;

/** Takes in what boxes say of themselves. It never goes back, and `applied` is what was verified, not what was claimed. */
@Injectable()
export class ReportedStates {
  constructor(
    private readonly database: Database,
    private readonly states: StateRows,
    private readonly rows: ReportedRows,
    private readonly audit: AuditTrail,
    private readonly live: LiveBus,
    private readonly listeners: ReportListeners,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Opens its own transaction. Reports of appliances that are gone are `stale`. */
  async accept(report: IncomingReport): Promise<ReportOutcome> {
    const { tenantId, applianceId, reported } = report;
    return this.database.run(scopeOfTenant(tenantId), async () => {
      const [state] = await this.states.lock(tenantId, [applianceId]);
      if (!state || isStale(state, report)) return 'stale';
      const isAhead = reported.order !== null && compareOrder(reported.order, state) > 0;
      if (isAhead) await this.adopt(state, reported);
      const facets = (await this.states.facets([applianceId])).get(applianceId) ?? [];
      // Before the box's one word is written: whoever holds what a listener holds may be about to change that word.
      await this.listeners.tell(report);
      await this.save(report, state, facets);
      if (isAhead) return 'adopted';
      return state.document !== null && (reported.order === null || compareOrder(reported.order, state) < 0) ? 'behind' : 'accepted';
    });
  }

  private async save(report: IncomingReport, state: StateRow, facets: readonly FacetRow[]): Promise<void> {
    const { tenantId, applianceId, enrolmentId, reported, receivedAt } = report;
    const derived = FACETS.flatMap((facet): ReportedFacet[] => {
      const row = facets.find((candidate) => candidate.facet === facet);
      const said = reported.facets.find((candidate) => candidate.facet === facet);
      // Boxes also name what they know how to do and nobody wants.
      if (!row && !said?.target && !said?.wanted) return [];
      const { expectedDigest = null, renderedDigest = null, diff = null } = said ?? {};
      return [{ facet, ...withAdoption(row, deriveFacet(facet, row?.desired ?? null, reported)), expectedDigest, renderedDigest, diff }];
    });
    const changed = derived.filter((now) =>
      differs(
        now,
        facets.find((row) => row.facet === now.facet),
      ),
    );
    if (changed.length > 0) await this.rows.saveFacets(applianceId, tenantId, changed);
    const judged = derived.map((facet) => ({ ...facet, ignored: facets.find((row) => row.facet === facet.facet)?.ignored ?? null }));
    const isSettled =
      judged.every((facet) => facet.state === 'applied' || facet.state === 'absent' || isIgnored(facet)) && judged.length > 0;
    const formerEnrolments =
      state.reportedEnrolment && state.reportedEnrolment !== enrolmentId
        ? [...state.formerEnrolments, state.reportedEnrolment].slice(-FORMER_ENROLMENTS)
        : state.formerEnrolments;
    const sync = syncStateOf(judged);
    const isNewWord = await this.rows.saveReport({ applianceId, enrolmentId, formerEnrolments, reported, receivedAt, isSettled, sync });
    if (isNewWord || changed.length > 0) this.live.publish({ topic: 'appliance', tenantId, ids: [applianceId] });
  }

  /** Our data is older than the box's: an old backup was restored. Nothing of it may overwrite what the box was told since. */
  private async adopt(state: StateRow, reported: ReportedState): Promise<void> {
    const { applianceId, tenantId } = state;
    const adopted = reported.facets.flatMap(({ facet, target, wanted }) => {
      const desired = wanted ?? target;
      return desired ? [{ facet, desired }] : [];
    });
    const ours = { epoch: state.epoch, generation: state.generation };
    const epoch = reported.order!.epoch + 1;
    await this.rows.adopt(applianceId, tenantId, epoch, adopted);
    await this.audit.record({
      tenantId,
      actor: 'system',
      action: 'desired-state.adopt',
      subject: `appliance:${applianceId}`,
      details: { ours, reported: reported.order, nextEpoch: epoch, adopted },
    });
    this.logger.warn('a box is ahead of the database, which must be an older backup; its state is adopted', {
      tenantId,
      applianceId,
      ours,
      reported: reported.order,
    });
  }
}

/** Revisions grow within one life of a box. A new enrolment may be a renewed certificate or a re-installed box, whose count begins anew. */
function isStale(state: StateRow, { enrolmentId, reported }: IncomingReport): boolean {
  if (state.reportedRevision === null || reported.revision > state.reportedRevision) return false;
  return enrolmentId === state.reportedEnrolment || state.formerEnrolments.includes(enrolmentId);
}

/** Runs as adopted, but isn't what the policies here say: that is worth a word until the next change settles it. */
function withAdoption(row: FacetRow | undefined, derived: ReturnType<typeof deriveFacet>): ReturnType<typeof deriveFacet> {
  const isAdopted = row?.desired && row.intentSha256 !== null && row.intentSha256 !== row.desired.sha256;
  if (!isAdopted || derived.state !== 'applied') return derived;
  const reason = `the box runs version ${row.desired.version}, which a restored backup no longer knows; the next change replaces it`;
  return { ...derived, state: 'drifted', reason };
}

/** Whether a report says anything of a facet that isn't in its row yet. */
function differs(now: ReportedFacet, row: FacetRow | undefined): boolean {
  if (!row) return true;
  const { state, applied: running, reason, expectedDigest, renderedDigest, diff } = row;
  return canonicalJson({ facet: now.facet, state, running, reason, expectedDigest, renderedDigest, diff }) !== canonicalJson(now);
}
