import type { ReportedState } from '@phalanx/contracts';

/** A reported state as it came in. Tenant and appliance are from the topic. */
export interface IncomingReport {
  readonly tenantId: string;
  readonly applianceId: string;
  readonly enrolmentId: string;
  readonly reported: ReportedState;
  readonly receivedAt: Date;
}
