/**
 * Desired state: what each box shall run, what it was told, and what verifiably runs; three sets of columns that are never confused.
 *
 * Owns the tables `desired_states`, `desired_facets` and `signature_assignments`, the routes `GET /api/v1/appliances/:id/state` and
 * `PUT /api/v1/{clusters,appliances}/:id/signatures`, `POST /api/v1/appliances/:id/drift`, the messages `up/reported` and `down/desired`, and the jobs `desired-state.announce` and `desired-state.retire-gone`.
 * Consumes the changes `appliance.intent`, `appliance.reissued` and `enrolment.changed`.
 *
 * - A desired state is written only when a digest differs from what was last asked for; its pair (epoch, generation) only grows.
 * - `applied` is derived from what each worker shows, never from the box's word alone.
 * - A box that is ahead of the database is never written over: it is adopted, and the next change comes in a higher epoch.
 * - What is not applied is told again, with back-off, until it is.
 * - A facet that the agent applies by itself and that nobody wants any more is taken away by the box; until then it is pending.
 *
 * `health` hands in the reported part of heartbeats through `ReportedStateSink`; `content` asks what a box may fetch.
 * `network`, `ha` and `blocks` bring their documents through `FacetContents`; whoever wants to see each report asks `ReportListeners`.
 */
import { Module } from '@nestjs/common';
import type { ControllerFeature } from '../../platform/feature.js';
import { ReportedStateSink } from '../../platform/reported-state.js';
import { EnrolmentModule } from '../enrolment/index.js';
import { PoliciesModule } from '../policies/index.js';
import { ReleasesModule } from '../releases/index.js';
import { AnnounceRows } from './announce-rows.repository.js';
import { Announcer } from './announcer.js';
import { AssignmentRows } from './assignments.repository.js';
import { AssignmentsService } from './assignments.service.js';
import { desiredStateConfig } from './desired-state.config.js';
import { DesiredStateController } from './desired-state.controller.js';
import { DesiredStateTriggers } from './desired-state.mqtt.js';
import { DesiredStateService } from './desired-state.service.js';
import { DriftAdoptions } from './drift-adoptions.js';
import { DriftService } from './drift.service.js';
import { FacetContents } from './facet-contents.js';
import { HeartbeatReports } from './heartbeat-reports.js';
import { IntentChanges } from './intent-changes.js';
import { IntentService } from './intent.service.js';
import { IntentSources } from './intent-sources.js';
import { DesiredState1763730000100 } from './migrations/1-desired-state.js';
import { PendingAtOnce1763730000200 } from './migrations/2-pending-at-once.js';
import { Drift1763790000100 } from './migrations/3-drift.js';
import { ReportListeners } from './report-listeners.js';
import { ReportedRows } from './reported-rows.repository.js';
import { ReportedStates } from './reported-states.js';
import { StateRows } from './state-rows.repository.js';

@Module({
  imports: [ReleasesModule, EnrolmentModule, PoliciesModule],
  controllers: [DesiredStateController],
  providers: [
    StateRows,
    AnnounceRows,
    ReportedRows,
    AssignmentRows,
    IntentSources,
    FacetContents,
    ReportListeners,
    DriftAdoptions,
    IntentChanges,
    IntentService,
    Announcer,
    ReportedStates,
    AssignmentsService,
    DriftService,
    DesiredStateService,
    DesiredStateTriggers,
    HeartbeatReports,
    { provide: ReportedStateSink, useExisting: HeartbeatReports },
  ],
  exports: [DesiredStateService, ReportedStateSink, FacetContents, ReportListeners, DriftAdoptions],
})
export class DesiredStateModule {}

export const desiredStateFeature: ControllerFeature = {
  name: 'desired-state',
  module: DesiredStateModule,
  migrations: [DesiredState1763730000100, PendingAtOnce1763730000200, Drift1763790000100],
  config: [desiredStateConfig],
};

export { DesiredStateService } from './desired-state.service.js';
export { DriftAdoptions, type FoundDrift } from './drift-adoptions.js';
export { contentOf, type FacetContent, FacetContents } from './facet-contents.js';
export type { IncomingReport } from './incoming-report.js';
export { ReportListeners } from './report-listeners.js';
