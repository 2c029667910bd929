import { AppError } from '@phalanx/kit';
import type { AuditRecord } from '../../platform/audit/audit-trail.js';

/** Why an enrolment or renewal is refused, by name: the code is the audit entry's action as well. */
const REFUSALS = {
  'enrolment.claim-unknown': 'this claim was never made here',
  'enrolment.claim-expired': 'this claim has expired; ask for a new one',
  'enrolment.claim-replayed': 'this claim was used before; the operators have been told',
  'enrolment.unknown': 'no enrolment has this serial',
  'enrolment.bad-proof': 'the request is not signed by the enrolled key',
  'enrolment.renewal-replayed': 'this renewal was made before',
  'enrolment.revoked': 'this enrolment is revoked; the box needs a new claim',
  'enrolment.superseded': 'this certificate was replaced by a newer one; the box needs a new claim',
  'enrolment.quarantined': 'this enrolment is in quarantine until an operator releases it',
  'enrolment.expired-too-long': 'this certificate ran out too long ago; the box needs a new claim',
  'enrolment.key-changed': 'a certificate that has run out is renewed for the same key only',
} as const;
export type RefusalCode = keyof typeof REFUSALS;

/** Refusals that mean that somebody holds what is not theirs: an operator must look. */
const ALARMS: ReadonlySet<RefusalCode> = new Set([
  'enrolment.claim-replayed',
  'enrolment.bad-proof',
  'enrolment.renewal-replayed',
  'enrolment.revoked',
  'enrolment.superseded',
  'enrolment.quarantined',
]);

export interface Refused {
  readonly refused: RefusalCode;
  readonly tenantId: string | null;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export function refusalError(code: RefusalCode): AppError {
  return new AppError('forbidden', code, REFUSALS[code]);
}

/** The audit entry of a refusal: it names the box and where the caller is. */
export function refusalEntry(refused: Refused, source: string): AuditRecord {
  return {
    tenantId: refused.tenantId,
    actor: `source:${source}`,
    action: refused.refused,
    subject: refused.subject,
    outcome: 'refused',
    details: { ...refused.details, source, ...(ALARMS.has(refused.refused) ? { alarm: true } : {}) },
  };
}
