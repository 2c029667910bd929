import { Injectable } from '@nestjs/common';
import { CertificateDirectory } from '../policies/index.js';
import { SecretRows } from './secrets.repository.js';

/** Which certificates a tenant has. Apart from the service, which itself asks for policies. */
@Injectable()
export class StoredCertificates extends CertificateDirectory {
  constructor(private readonly rows: SecretRows) {
    super();
  }

  hasCertificate(tenantId: string, certificateId: string): Promise<boolean> {
    return this.rows.exists(tenantId, certificateId);
  }
}
