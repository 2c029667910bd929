import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { secretCreateSchema, SealedSecret, SecretView, TlsSecret } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { sealSecret } from '@phalanx/trust';
import type { z } from 'zod';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Envelope } from '../../platform/crypto/envelope.js';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import type { UpMessage } from '../../platform/mqtt/mqtt-link.js';
import { SealingKeys } from '../enrolment/index.js';
import { PolicyService } from '../policies/index.js';
import { type SecretFilter, type SecretRow, SecretRows } from './secrets.repository.js';
import { readCertificate } from './tls-certificate.js';

const PURPOSE = 'secret';

/** How a secret is shown: without what is secret. */
export function secretView(row: SecretRow): SecretView {
  return {
    id: row.id,
    tenantId: row.tenantId,
    name: row.name,
    kind: row.kind,
    fingerprint: row.fingerprint,
    subjects: [...row.subjects],
    notAfter: row.notAfter?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

/** Keeps secrets sealed, and gives them out sealed to one box only. */
@Injectable()
export class SecretsService {
  constructor(
    private readonly database: Database,
    private readonly rows: SecretRows,
    private readonly envelope: Envelope,
    private readonly policies: PolicyService,
    private readonly keys: SealingKeys,
    private readonly audit: AuditTrail,
  ) {}

  /** In the transaction of the caller's request, as are the next three. */
  async create({ tenantId, name, kind, certificatePem, privateKeyPem }: z.output<typeof secretCreateSchema>): Promise<SecretRow> {
    if (!(await this.rows.seesTenant(tenantId))) throw new AppError('not-found', 'tenants.not-found', 'there is no such tenant');
    const certificate = readCertificate(certificatePem, privateKeyPem);
    const id = randomUUID();
    const content: TlsSecret = { certificatePem: certificate.certificatePem, privateKeyPem: certificate.privateKeyPem };
    const { fingerprint, subjects, notAfter } = certificate;
    const sealed = this.envelope.seal(PURPOSE, id, JSON.stringify(content));
    const row = await this.rows.add({ id, tenantId, name, kind, sealed, fingerprint, subjects, notAfter });
    if (!row) throw new AppError('conflict', 'secrets.name-taken', 'the tenant has a secret of this name already');
    await this.audit.record({ tenantId, action: 'secret.create', subject: `secret:${id}`, details: { name, kind, fingerprint } });
    return row;
  }

  list(filter: SecretFilter): Promise<SecretRow[]> {
    return this.rows.list(filter);
  }

  async get(id: string): Promise<SecretRow> {
    const row = await this.rows.get(id);
    if (!row) throw new AppError('not-found', 'secrets.not-found', 'there is no such secret');
    return row;
  }

  async remove(id: string): Promise<void> {
    const row = await this.get(id);
    await this.rows.remove(id);
    await this.audit.record({ tenantId: row.tenantId, action: 'secret.remove', subject: `secret:${id}`, details: { name: row.name } });
  }

  /** The secret sealed to the asking enrolment; null when it is not there or the box's policy does not name it, which are not told apart. */
  async sealFor({ identity, tenantId, enrolmentId }: UpMessage, secretId: string): Promise<SealedSecret | null> {
    return this.database.run(scopeOfTenant(tenantId), async () => {
      const policy = await this.policies.appliancePolicy(identity.applianceId);
      const isNamed = policy?.applications.some((application) => application.settings.tls.certificateId === secretId) ?? false;
      const sealed = isNamed ? await this.rows.sealed(secretId) : null;
      if (!sealed) return null;
      const content = this.envelope.open(PURPOSE, secretId, sealed);
      return sealSecret(content, await this.keys.keyOf(enrolmentId), {
        secretId,
        applianceId: identity.applianceId,
        serial: identity.serial,
      });
    });
  }
}
