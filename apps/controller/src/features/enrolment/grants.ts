import { Injectable } from '@nestjs/common';
import type { EnrolmentGrant } from '@phalanx/contracts';
import { PkiService } from '../pki/index.js';
import { ReleasesService, StateKeys } from '../releases/index.js';
import { ControllerAddresses } from './controller-addresses.js';
import type { EnrolmentRow } from './enrolments.repository.js';

/** Puts together what a box needs beside its certificate. Opens transactions of its own: call it outside of any. */
@Injectable()
export class Grants {
  constructor(
    private readonly pki: PkiService,
    private readonly addresses: ControllerAddresses,
    private readonly stateKeys: StateKeys,
    private readonly releases: ReleasesService,
  ) {}

  async grantFor(row: EnrolmentRow, certificatePem: string): Promise<EnrolmentGrant> {
    return {
      applianceId: row.applianceId,
      tenantId: row.tenantId,
      serial: row.serial,
      certificatePem,
      caPem: await this.pki.rootPem(),
      notAfter: row.notAfter.toISOString(),
      mqttUrls: this.addresses.mqttUrls(),
      enrolmentUrls: this.addresses.enrolmentUrls(),
      stateKeys: await this.stateKeys.publicKeys(),
      tufRoots: await this.releases.trustedRoots(row.tenantId),
    };
  }
}
