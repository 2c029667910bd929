import { Injectable } from '@nestjs/common';
import { driftDecisionSchema } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { z } from 'zod';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Changes } from '../../platform/changes/changes.js';
import { requestContext } from '../../platform/http/request-context.js';
import { LiveBus } from '../../platform/live/live-bus.js';
import { syncStateOf } from './derive-facet.js';
import { DriftAdoptions } from './drift-adoptions.js';
import { IntentService } from './intent.service.js';
import { type FacetRow, type StateRow, StateRows } from './state-rows.repository.js';

type Decision = z.output<typeof driftDecisionSchema>;

const notDrifted = (facet: string) => new AppError('conflict', 'desired-state.not-drifted', `the facet ${facet} has not drifted`);
const changedSince = () =>
  new AppError('conflict', 'desired-state.drift-changed', 'what runs on the box has changed since it was looked at; look at it again');
const noDocument = () =>
  new AppError('conflict', 'desired-state.no-document', 'the box runs what a restored backup does not know; the next change replaces it');

/** What becomes of a facet that runs otherwise than it was applied. In the transaction of the caller. */
@Injectable()
export class DriftService {
  constructor(
    private readonly rows: StateRows,
    private readonly intent: IntentService,
    private readonly adoptions: DriftAdoptions,
    private readonly changes: Changes,
    private readonly audit: AuditTrail,
    private readonly live: LiveBus,
  ) {}

  /** Throws `conflict` where the facet has not drifted, or not to what was looked at. */
  async decide(applianceId: string, { facet, decision, renderedDigest }: Decision): Promise<void> {
    const tenantId = await this.rows.tenantOf(applianceId);
    if (!tenantId) throw new AppError('not-found', 'desired-state.not-found', 'there is no such appliance');
    const [state] = await this.rows.lock(tenantId, [applianceId]);
    const facets = (await this.rows.facets([applianceId])).get(applianceId) ?? [];
    const row = facets.find((candidate) => candidate.facet === facet);
    if (!state || row?.state !== 'drifted') throw notDrifted(facet);
    if (row.renderedDigest !== renderedDigest) throw changedSince();
    await this.audit.record({
      tenantId,
      action: `drift.${decision}`,
      subject: `appliance:${applianceId}`,
      details: { facet, expectedDigest: row.expectedDigest, renderedDigest, diff: row.diff?.slice(0, 2000) ?? null },
    });
    switch (decision) {
      case 'revert':
        await this.revert(state, row);
        break;
      case 'ignore':
        await this.ignore(state, row, facets);
        break;
      case 'adopt':
        await this.adoptions.adopt(applianceId, row);
        await this.revert(state, row);
        break;
    }
    this.live.publish({ topic: 'appliance', tenantId, ids: [applianceId] });
  }

  private async revert(state: StateRow, { facet }: FacetRow): Promise<void> {
    if (state.document === null) throw noDocument();
    await this.rows.saveIgnored(state.applianceId, facet, null);
    await this.intent.reissue(state);
    await this.changes.emit('appliance.reissued', state.tenantId, [{ applianceId: state.applianceId }]);
  }

  private async ignore(state: StateRow, row: FacetRow, facets: readonly FacetRow[]): Promise<void> {
    const by = requestContext.getStore()?.principal?.actor ?? 'system';
    const ignored = { renderedDigest: row.renderedDigest, by, at: new Date().toISOString() };
    await this.rows.saveIgnored(state.applianceId, row.facet, ignored);
    const sync = syncStateOf(facets.map((facet) => (facet.facet === row.facet ? { ...facet, ignored } : facet)));
    await this.rows.saveSync(state.applianceId, sync);
  }
}
