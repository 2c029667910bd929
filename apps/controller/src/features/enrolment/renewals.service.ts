import { Inject, Injectable } from '@nestjs/common';
import type { EnrolmentGrant, RenewRequest } from '@phalanx/contracts';
import { parseCertificatePublicKey, provesPossession, type VerifiedRequest, verifyCertificateRequest } from '@phalanx/trust';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Changes } from '../../platform/changes/changes.js';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { PkiService } from '../pki/index.js';
import { enrolmentConfig } from './enrolment.config.js';
import { type EnrolmentRow, EnrolmentRows } from './enrolments.repository.js';
import { Grants } from './grants.js';
import { type RefusalCode, refusalEntry, refusalError, type Refused } from './refusal.js';

const DAY_MS = 86_400_000;
/** Certificates that a box may hold without having used them: the oldest beyond them are given up. */
const UNUSED_LIMIT = 4;

type Outcome = { readonly row: EnrolmentRow } | Refused;

/**
 * Gives a box its next certificate, over MQTT or HTTPS. The old one stays good until the box has connected with the new one. The box's
 * clock is not asked: it may be wrong, and a repeated request is told by its certificate request.
 */
@Injectable()
export class RenewalsService {
  constructor(
    private readonly database: Database,
    private readonly rows: EnrolmentRows,
    private readonly pki: PkiService,
    private readonly grants: Grants,
    private readonly audit: AuditTrail,
    private readonly changes: Changes,
    @Inject(enrolmentConfig.token) private readonly config: ConfigOf<typeof enrolmentConfig>,
  ) {}

  /** `source` is the caller's address, or `mqtt`. Throws `forbidden` with a code of `REFUSALS`, and `invalid` for a bad certificate request. */
  async renew(request: RenewRequest, source: string): Promise<EnrolmentGrant> {
    const csr = await verifyCertificateRequest(request.csrPem);
    const standing = await this.rows.standingOf(request);
    const outcome = standing
      ? await this.database.run(scopeOfTenant(standing.tenantId), () => this.issueNext(standing.id, request, csr))
      : ({
          refused: 'enrolment.unknown',
          tenantId: null,
          subject: `appliance:${request.applianceId}`,
          details: { serial: request.serial },
        } as const);
    if ('refused' in outcome) {
      await this.audit.recordApart(refusalEntry(outcome, source));
      throw refusalError(outcome.refused);
    }
    return this.grants.grantFor(outcome.row, outcome.row.certificatePem!);
  }

  private async issueNext(id: string, request: RenewRequest, csr: VerifiedRequest): Promise<Outcome> {
    const old = (await this.rows.lock(id))!;
    const publicKeyPem = csr.publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const refusal = (await this.refusalOf(old, request, publicKeyPem, csr.digest)) ?? null;
    if (refusal)
      return {
        refused: refusal,
        tenantId: old.tenantId,
        subject: `appliance:${old.applianceId}`,
        details: { enrolmentId: old.id, serial: old.serial },
      };
    const issued = await this.pki.issueBox(old.applianceId, old.tenantId, csr.publicKey);
    const row = await this.rows.add({
      tenantId: old.tenantId,
      applianceId: old.applianceId,
      ...issued,
      state: 'issued',
      reason: null,
      publicKeyPem,
      requestDigest: csr.digest,
      facts: old.facts,
    });
    await this.giveUpUnused(old.applianceId);
    await this.changes.emit('enrolment.changed', row.tenantId, [{ applianceId: row.applianceId, serial: row.serial }]);
    await this.audit.record({
      tenantId: row.tenantId,
      actor: `appliance:${row.applianceId}`,
      action: 'enrolment.renewed',
      subject: `appliance:${row.applianceId}`,
      details: { enrolmentId: row.id, serial: row.serial, replaces: old.serial, afterExpiry: old.notAfter <= new Date() },
    });
    return { row };
  }

  private async refusalOf(old: EnrolmentRow, request: RenewRequest, publicKeyPem: string, digest: string): Promise<RefusalCode | null> {
    const { proof, ...claim } = request;
    if (!provesPossession(claim, proof, parseCertificatePublicKey(old.publicKeyPem))) return 'enrolment.bad-proof';
    if (old.state === 'revoked') return 'enrolment.revoked';
    if (old.state === 'superseded') return 'enrolment.superseded';
    if (old.state === 'quarantined') return 'enrolment.quarantined';
    const expiredForMs = Date.now() - old.notAfter.getTime();
    if (expiredForMs > this.config.PHALANX_RENEW_GRACE_DAYS * DAY_MS) return 'enrolment.expired-too-long';
    if (expiredForMs > 0 && publicKeyPem !== old.publicKeyPem) return 'enrolment.key-changed';
    if (await this.rows.usedRequest(old.applianceId, digest)) return 'enrolment.renewal-replayed';
    return null;
  }

  private async giveUpUnused(applianceId: string): Promise<void> {
    const unused = (await this.rows.healthy(applianceId)).filter((row) => row.state === 'issued');
    for (const row of unused.slice(UNUSED_LIMIT)) {
      await this.rows.setState(row.id, 'superseded', 'never used');
      await this.pki.revoke(row.serial, 'superseded', row.notAfter);
      await this.changes.emit('enrolment.cut', row.tenantId, [{ applianceId: row.applianceId, serial: row.serial }]);
    }
  }
}
