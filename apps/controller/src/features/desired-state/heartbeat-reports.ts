import { Injectable } from '@nestjs/common';
import type { ReportedState } from '@phalanx/contracts';
import type { UpMessage } from '../../platform/mqtt/mqtt-link.js';
import { ReportedStateSink } from '../../platform/reported-state.js';
import { DesiredStateService } from './desired-state.service.js';

/** Takes the reported part of heartbeats. */
@Injectable()
export class HeartbeatReports extends ReportedStateSink {
  constructor(private readonly service: DesiredStateService) {
    super();
  }

  accept({ tenantId, identity, enrolmentId, receivedAt }: UpMessage, reported: ReportedState): Promise<void> {
    return this.service.acceptHeartbeat({ tenantId, applianceId: identity.applianceId, enrolmentId, receivedAt, reported });
  }
}
