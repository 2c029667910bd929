import { Controller, Inject } from '@nestjs/common';
import { applianceStateViewSchema, driftDecisionSchema, idParamSchema, packAssignSchema } from '@phalanx/contracts';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { AssignmentsService } from './assignments.service.js';
import { DesiredStateService } from './desired-state.service.js';
import { DriftService } from './drift.service.js';

const STATE = endpoint({
  method: 'GET',
  path: '/api/v1/appliances/:id/state',
  summary: 'What a box shall run, what it was told, and what verifiably runs',
  permission: 'fleet:read',
  params: idParamSchema,
  answer: applianceStateViewSchema,
});
const ASSIGN_TO_CLUSTER = endpoint({
  method: 'PUT',
  path: '/api/v1/clusters/:id/signatures',
  summary: 'Run a signature pack on every appliance of a cluster that has none of its own',
  permission: 'release:write',
  params: idParamSchema,
  body: packAssignSchema,
});
const ASSIGN_TO_APPLIANCE = endpoint({
  method: 'PUT',
  path: '/api/v1/appliances/:id/signatures',
  summary: 'Run a signature pack on one appliance, whatever its cluster runs',
  permission: 'release:write',
  params: idParamSchema,
  body: packAssignSchema,
});

const DECIDE_DRIFT = endpoint({
  method: 'POST',
  path: '/api/v1/appliances/:id/drift',
  summary: 'Decides what becomes of a facet that drifted: apply it anew, ignore exactly this difference, or take it as intended',
  permission: 'fleet:write',
  params: idParamSchema,
  body: driftDecisionSchema,
});

@Controller()
export class DesiredStateController {
  constructor(
    @Inject(DesiredStateService) private readonly service: DesiredStateService,
    @Inject(AssignmentsService) private readonly assignments: AssignmentsService,
    @Inject(DriftService) private readonly drift: DriftService,
  ) {}

  @Route(STATE)
  state(@Input() { params }: InputOf<typeof STATE>) {
    return this.service.view(params.id);
  }

  @Route(ASSIGN_TO_CLUSTER)
  assignToCluster(@Input() { params, body }: InputOf<typeof ASSIGN_TO_CLUSTER>) {
    return this.assignments.assign('cluster', params.id, body.packId);
  }

  @Route(ASSIGN_TO_APPLIANCE)
  assignToAppliance(@Input() { params, body }: InputOf<typeof ASSIGN_TO_APPLIANCE>) {
    return this.assignments.assign('appliance', params.id, body.packId);
  }

  @Route(DECIDE_DRIFT)
  decideDrift(@Input() { params, body }: InputOf<typeof DECIDE_DRIFT>) {
    return this.drift.decide(params.id, body);
  }
}
