import { Injectable } from '@nestjs/common';
import type { EnrolmentGrant, EnrolRequest } from '@phalanx/contracts';
import { newSerialNumber, type VerifiedRequest, verifyCertificateRequest } from '@phalanx/trust';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Changes } from '../../platform/changes/changes.js';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { PkiService } from '../pki/index.js';
import { hashClaim } from './claim.js';
import { type ClaimRow, ClaimRows } from './claims.repository.js';
import { type EnrolmentRow, EnrolmentRows } from './enrolments.repository.js';
import { Grants } from './grants.js';
import { refusalEntry, refusalError, type Refused } from './refusal.js';

/** Quarantined claimants that are kept of one box: what comes after is only audited. */
const CLAIMANT_LIMIT = 20;

type Outcome = { readonly row: EnrolmentRow } | Refused;

/**
 * Turns a claim into an enrolment, once. A claim that comes again is refused, and its sender put into quarantine: a row without a
 * certificate, so that operators see who tried. The one exception is the box that never got its answer: the same key, a request made anew
 * (not the same bytes again), the claim still valid and the certificate never used give the same certificate once more.
 */
@Injectable()
export class EnrollingService {
  constructor(
    private readonly database: Database,
    private readonly claims: ClaimRows,
    private readonly rows: EnrolmentRows,
    private readonly pki: PkiService,
    private readonly grants: Grants,
    private readonly audit: AuditTrail,
    private readonly changes: Changes,
  ) {}

  /** `source` is the address of the caller. Throws `forbidden` with a code of `REFUSALS`, and `invalid` for a bad certificate request. */
  async enrol(request: EnrolRequest, source: string): Promise<EnrolmentGrant> {
    const csr = await verifyCertificateRequest(request.csrPem);
    const hash = hashClaim(request.claim);
    const tenantId = await this.claims.tenantOf(hash);
    const facts = { ...request.facts, source };
    const outcome = tenantId
      ? await this.database.run(scopeOfTenant(tenantId), () => this.claimOnce(hash, csr, facts))
      : ({ refused: 'enrolment.claim-unknown', tenantId: null, subject: 'claim:unknown', details: { facts } } as const);
    if ('refused' in outcome) {
      await this.audit.recordApart(refusalEntry(outcome, source));
      throw refusalError(outcome.refused);
    }
    return this.grants.grantFor(outcome.row, outcome.row.certificatePem!);
  }

  private async claimOnce(hash: string, csr: VerifiedRequest, facts: Readonly<Record<string, string>>): Promise<Outcome> {
    const claim = await this.claims.lock(hash);
    if (!claim) return { refused: 'enrolment.claim-unknown', tenantId: null, subject: 'claim:unknown', details: { facts } };
    const publicKeyPem = csr.publicKey.export({ type: 'spki', format: 'pem' }) as string;
    if (claim.usedAt) return this.claimAgain(claim, csr, publicKeyPem, facts);
    if (claim.expiresAt <= new Date()) return this.refuse('enrolment.claim-expired', claim, { facts });
    const issued = await this.pki.issueBox(claim.applianceId, claim.tenantId, csr.publicKey);
    const row = await this.rows.add({
      tenantId: claim.tenantId,
      applianceId: claim.applianceId,
      ...issued,
      state: 'issued',
      reason: null,
      publicKeyPem,
      requestDigest: csr.digest,
      facts,
    });
    await this.claims.use(claim.id, row.id);
    await this.changes.emit('enrolment.changed', row.tenantId, [{ applianceId: row.applianceId, serial: row.serial }]);
    await this.audit.record({
      tenantId: row.tenantId,
      actor: `appliance:${row.applianceId}`,
      action: 'enrolment.enrolled',
      subject: `appliance:${row.applianceId}`,
      details: { enrolmentId: row.id, serial: row.serial, claimId: claim.id, facts },
    });
    return { row };
  }

  private async claimAgain(
    claim: ClaimRow,
    csr: VerifiedRequest,
    publicKeyPem: string,
    facts: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    const first = claim.enrolmentId ? await this.rows.lock(claim.enrolmentId) : null;
    const neverGotItsAnswer =
      first?.state === 'issued' &&
      first.publicKeyPem === publicKeyPem &&
      first.requestDigest !== csr.digest &&
      claim.expiresAt > new Date();
    if (neverGotItsAnswer) {
      await this.rows.setRequestDigest(first.id, csr.digest);
      await this.audit.record({
        tenantId: first.tenantId,
        actor: `appliance:${first.applianceId}`,
        action: 'enrolment.grant-repeated',
        subject: `appliance:${first.applianceId}`,
        details: { enrolmentId: first.id, serial: first.serial, claimId: claim.id, facts },
      });
      return { row: first };
    }
    const claimant = await this.quarantineClaimant(claim, csr, publicKeyPem, facts);
    return this.refuse('enrolment.claim-replayed', claim, { enrolmentId: claim.enrolmentId, quarantined: claimant, facts });
  }

  /** The id of the row that stands for the sender; null when there are enough of them. */
  private async quarantineClaimant(
    claim: ClaimRow,
    csr: VerifiedRequest,
    publicKeyPem: string,
    facts: Readonly<Record<string, string>>,
  ): Promise<string | null> {
    const known = await this.rows.quarantinedClaimants(claim.applianceId, publicKeyPem);
    if (known.sameKey > 0 || known.all >= CLAIMANT_LIMIT) return null;
    const row = await this.rows.add({
      tenantId: claim.tenantId,
      applianceId: claim.applianceId,
      serial: newSerialNumber(),
      state: 'quarantined',
      reason: 'came with a claim that was used before',
      publicKeyPem,
      requestDigest: csr.digest,
      certificatePem: null,
      facts,
      notAfter: new Date(),
    });
    return row.id;
  }

  private refuse(refused: Refused['refused'], claim: ClaimRow, details: Readonly<Record<string, unknown>>): Refused {
    return { refused, tenantId: claim.tenantId, subject: `appliance:${claim.applianceId}`, details: { claimId: claim.id, ...details } };
  }
}
