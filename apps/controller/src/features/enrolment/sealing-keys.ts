import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError } from '@phalanx/kit';
import { parseCertificatePublicKey } from '@phalanx/trust';
import { EnrolmentRows } from './enrolments.repository.js';

/** The keys to which secrets for boxes are sealed. */
@Injectable()
export class SealingKeys {
  constructor(private readonly rows: EnrolmentRows) {}

  /** The public key of an enrolment, in the transaction of the caller. Throws `not-found` for one that it may not see. */
  async keyOf(enrolmentId: string): Promise<KeyObject> {
    const row = await this.rows.lock(enrolmentId);
    if (!row) throw new AppError('not-found', 'enrolment.not-found', 'there is no such enrolment');
    return parseCertificatePublicKey(row.publicKeyPem);
  }
}
