import { Injectable } from '@nestjs/common';
import { AppError } from '@phalanx/kit';
import { certificateFingerprint } from '@phalanx/trust';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { PkiService } from '../pki/index.js';
import { hashClaim, newClaim } from './claim.js';
import { ClaimRows } from './claims.repository.js';
import { ControllerAddresses } from './controller-addresses.js';

/** Makes claims. Works in the transaction of the caller's request. */
@Injectable()
export class ClaimsService {
  constructor(
    private readonly rows: ClaimRows,
    private readonly addresses: ControllerAddresses,
    private readonly pki: PkiService,
    private readonly audit: AuditTrail,
  ) {}

  async create(applianceId: string, validMinutes: number) {
    const tenantId = await this.rows.tenantOfAppliance(applianceId);
    if (!tenantId) throw new AppError('not-found', 'appliances.not-found', 'there is no such appliance');
    const claim = newClaim();
    const expiresAt = new Date(Date.now() + validMinutes * 60_000);
    const id = await this.rows.add({ tenantId, applianceId, hash: hashClaim(claim), expiresAt });
    await this.audit.record({
      tenantId,
      action: 'enrolment.claim-created',
      subject: `appliance:${applianceId}`,
      details: { claimId: id, expiresAt: expiresAt.toISOString() },
    });
    return {
      id,
      applianceId,
      claim,
      expiresAt: expiresAt.toISOString(),
      enrolmentUrls: this.addresses.enrolmentUrls(),
      caFingerprint: certificateFingerprint(await this.pki.rootPem()),
    };
  }
}
