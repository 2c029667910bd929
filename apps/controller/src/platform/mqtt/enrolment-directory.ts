import type { EnrolmentIdentity } from '@phalanx/contracts';

/** Whose messages an identity's are. */
export interface Admission {
  readonly tenantId: string;
  readonly enrolmentId: string;
}

/** Who may speak. Implemented by the enrolment feature; asked for every message, so its answers are cached there. */
export abstract class EnrolmentDirectory {
  /** Null for an identity that is unknown, revoked, superseded, quarantined or expired. The first admission marks the enrolment as connected. */
  abstract admit(identity: EnrolmentIdentity): Promise<Admission | null>;
}
