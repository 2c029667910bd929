import { Inject, Injectable } from '@nestjs/common';
import type { ApplianceStateView, Facet, FacetView } from '@phalanx/contracts';
import { FACETS } from '@phalanx/contracts';
import { AppError, type Logger } from '@phalanx/kit';
import { LOGGER } from '../../platform/log/logger.token.js';
import { ReleasesService } from '../releases/index.js';
import { Announcer } from './announcer.js';
import { isIgnored } from './derive-facet.js';
import { IntentService } from './intent.service.js';
import type { IncomingReport } from './incoming-report.js';
import { ReportedStates } from './reported-states.js';
import { type FacetRow, StateRows } from './state-rows.repository.js';

/** One restored backup concerns every box of a tenant: its repositories are raised once for all that come within this time. */
const RAISE_AGAIN_MS = 60_000;

/** The door to desired state for other features. */
@Injectable()
export class DesiredStateService {
  private readonly raisedAt = new Map<string, number>();

  constructor(
    private readonly intent: IntentService,
    private readonly announcer: Announcer,
    private readonly reports: ReportedStates,
    private readonly rows: StateRows,
    private readonly releases: ReleasesService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Works out what these boxes shall run, and tells those for which it changed. Opens its own transactions. */
  async recompute(tenantId: string, applianceIds: readonly string[]): Promise<void> {
    const startedAt = performance.now();
    const changed = await this.intent.recompute(tenantId, applianceIds);
    if (changed.length === 0) return;
    const writtenMs = Math.round(performance.now() - startedAt);
    await this.announcer.announce(tenantId, changed);
    const toldMs = Math.round(performance.now() - startedAt);
    this.logger.info('desired states were written and told', { tenantId, boxes: changed.length, writtenMs, toldMs });
  }

  announce(tenantId: string, applianceIds: readonly string[]): Promise<void> {
    return this.announcer.announce(tenantId, applianceIds);
  }

  announceAll(): Promise<void> {
    return this.announcer.announceAll();
  }

  announceDue(): Promise<void> {
    return this.announcer.announceDue();
  }

  /** Takes documents that nobody needs out of every tenant's repository. */
  retireGone(): Promise<void> {
    return this.intent.retireGone();
  }

  /** Takes a reported state that came alone. Opens its own transaction. */
  async acceptReported(report: IncomingReport): Promise<void> {
    if ((await this.reports.accept(report)) === 'adopted') await this.raiseVersions(report.tenantId);
  }

  /** Takes the reported state of a heartbeat; a box that is behind is told again. Opens its own transactions. */
  async acceptHeartbeat(report: IncomingReport): Promise<void> {
    const outcome = await this.reports.accept(report);
    if (outcome === 'adopted') await this.raiseVersions(report.tenantId);
    if (outcome === 'behind') await this.announcer.announce(report.tenantId, [report.applianceId]);
  }

  /** True when the box's desired state names the blob, in the transaction of the caller. */
  names(applianceId: string, sha256: string): Promise<boolean> {
    return this.rows.names(applianceId, sha256);
  }

  /** Desired, sent and applied of one box, in the transaction of the caller. */
  async view(applianceId: string): Promise<ApplianceStateView> {
    const tenantId = await this.rows.tenantOf(applianceId);
    if (!tenantId) throw new AppError('not-found', 'desired-state.not-found', 'there is no such appliance');
    const state = await this.rows.byAppliance(applianceId);
    const facets = (await this.rows.facets([applianceId])).get(applianceId) ?? [];
    return {
      applianceId,
      tenantId,
      desiredOrder: state?.document ? { epoch: state.epoch, generation: state.generation } : null,
      sentOrder: orderOf(state?.sentEpoch, state?.sentGeneration),
      reportedOrder: orderOf(state?.reportedEpoch, state?.reportedGeneration),
      reportedAt: state?.reportedAt?.toISOString() ?? null,
      facets: FACETS.flatMap((facet) => facets.filter((row) => row.facet === facet).map((row) => facetView(facet, row))),
      workersWanted: state?.workersWanted ?? 0,
      workers: [...(state?.workers ?? [])],
    };
  }

  private async raiseVersions(tenantId: string): Promise<void> {
    if (Date.now() - (this.raisedAt.get(tenantId) ?? 0) < RAISE_AGAIN_MS) return;
    this.raisedAt.set(tenantId, Date.now());
    await this.releases.raiseVersions(tenantId);
  }
}

function orderOf(epoch: number | null | undefined, generation: number | null | undefined) {
  return typeof epoch === 'number' && typeof generation === 'number' ? { epoch, generation } : null;
}

function facetView(facet: Facet, row: FacetRow): FacetView {
  return {
    facet,
    desired: row.desired,
    desiredAt: row.desiredAt?.toISOString() ?? null,
    sent: row.sent,
    sentAt: row.sentAt?.toISOString() ?? null,
    applied: row.applied,
    appliedAt: row.appliedAt?.toISOString() ?? null,
    state: row.state,
    expectedDigest: row.expectedDigest,
    renderedDigest: row.renderedDigest,
    reason: row.reason,
    diff: row.state === 'drifted' ? row.diff : null,
    ignored: row.ignored && isIgnored(row) ? { by: row.ignored.by, at: row.ignored.at } : null,
  };
}
