import { Injectable, Optional } from '@nestjs/common';
import { type Level, type PolicyDocument, type PolicyLayer, type PolicyWriteResult, resolveSettings } from '@phalanx/contracts';
import { digestOf } from '@phalanx/kit';
import { Database } from '../../platform/db/database.js';
import { assertRevision } from '../../platform/db/revisioned.js';
import { ApplicationDirectory, type PolicyApplication } from './application-directory.js';
import { CertificateDirectory } from './certificate-directory.js';
import { EffectivePolicies, type Outlook } from './effective-policies.js';
import { certificateInBaseline, certificateNotFound, lockedError } from './policies.errors.js';
import { PolicyAnnouncer } from './policy-announcer.js';
import { type DocumentSet, EMPTY_DOCUMENT, PolicyRepository, policyViewOf } from './policy.repository.js';
import type { PolicyTarget } from './policy-target.js';
import { documentChanges, settingChanges } from './setting-changes.js';

export interface PolicyWrite {
  readonly document: PolicyDocument;
  readonly comment: string;
  /** Version that the writer has read; null writes over whatever is there. */
  readonly expectedVersion: number | null;
  readonly dryRun?: boolean;
  /** Values against a lock that are refused; all of them unless said. */
  readonly judgedPaths?: readonly string[];
}

/**
 * Writes new versions of policies. In one transaction: lock, check against the locks of the layers above, write, work out every affected application
 * anew, tell their appliances. A dry run stops before the writing.
 */
@Injectable()
export class PolicyWriter {
  constructor(
    private readonly policies: PolicyRepository,
    private readonly effective: EffectivePolicies,
    private readonly applications: ApplicationDirectory,
    private readonly announcer: PolicyAnnouncer,
    private readonly database: Database,
    @Optional() private readonly certificates?: CertificateDirectory,
  ) {}

  async write(target: PolicyTarget, write: PolicyWrite): Promise<PolicyWriteResult> {
    await this.policies.lock(target);
    // A tenant that came after the caller was judged is the baseline's as well.
    if (target.scope === 'provider') await this.database.widen(await this.database.allTenantIds());
    const current = await this.policies.current(target);
    if (write.expectedVersion !== null) assertRevision({ revision: current.version }, write.expectedVersion);
    const applications = await this.affectedBy(target);
    const documents = await this.effective.documentsFor(applications);
    await this.assertAllowed(target, write, documents);
    const changes = documentChanges(current.document, write.document);
    const outlooks = await this.effective.outlook(applications, replaced(documents, target, write.document));
    const result = { dryRun: write.dryRun ?? false, changes, affected: affectedOf(outlooks) };
    if (write.dryRun) return { ...result, policy: null };
    if (digestOf(write.document) !== current.digest) {
      const createdBy = this.announcer.author();
      await this.policies.write(current, { document: write.document, comment: write.comment, createdBy });
      const changed = await this.effective.enforce(outlooks);
      await this.announcer.written(target, current.id, { version: current.version + 1, comment: write.comment, changes });
      await this.announcer.affected(changed.map(({ application }) => application));
    }
    return { ...result, policy: policyViewOf(await this.policies.current(target)) };
  }

  async revert(target: PolicyTarget, expectedVersion: number, version: number, comment: string): Promise<PolicyWriteResult> {
    const { document } = await this.policies.version(target, version);
    return this.write(target, { document, comment: comment || `Back to version ${version}`, expectedVersion });
  }

  /** Sets the level in an application's own policy and leaves all else in it. */
  async setLevel(target: PolicyTarget, level: Level): Promise<PolicyWriteResult> {
    await this.policies.lock(target);
    const { document } = await this.policies.current(target);
    return this.write(target, {
      document: { ...document, settings: { ...document.settings, level } },
      comment: `Level ${level}`,
      expectedVersion: null,
      judgedPaths: ['level'],
    });
  }

  private affectedBy({ scope, tenantId, applicationId }: PolicyTarget): Promise<readonly PolicyApplication[]> {
    switch (scope) {
      case 'provider':
        return this.applications.find({});
      case 'tenant':
        return this.applications.find({ tenantId });
      case 'application':
        return this.applications.find({ ids: [applicationId] });
    }
  }

  private async assertAllowed(target: PolicyTarget, { document, judgedPaths }: PolicyWrite, documents: DocumentSet): Promise<void> {
    const own: PolicyLayer = { scope: target.scope, document };
    const { violations } = resolveSettings([...(await this.layersAbove(target, documents)), own]);
    const against = violations.filter(({ path, setBy }) => setBy === target.scope && (judgedPaths?.includes(path) ?? true));
    if (against.length > 0) throw lockedError(against);
    const certificateId = document.settings.tls?.certificateId;
    if (!certificateId) return;
    if (target.tenantId === null) throw certificateInBaseline();
    if (this.certificates && !(await this.certificates.hasCertificate(target.tenantId, certificateId))) throw certificateNotFound();
  }

  private async layersAbove({ scope, tenantId }: PolicyTarget, documents: DocumentSet): Promise<PolicyLayer[]> {
    if (scope === 'provider') return [];
    const provider: PolicyLayer = { scope: 'provider', document: documents.provider };
    if (scope === 'tenant') return [provider];
    return [provider, { scope: 'tenant', document: documents.byTenant.get(tenantId) ?? EMPTY_DOCUMENT }];
  }
}

/** The documents in force, with the target's own exchanged. */
function replaced(documents: DocumentSet, { scope, tenantId, applicationId }: PolicyTarget, document: PolicyDocument): DocumentSet {
  switch (scope) {
    case 'provider':
      return { ...documents, provider: document };
    case 'tenant':
      return { ...documents, byTenant: new Map([...documents.byTenant, [tenantId, document]]) };
    case 'application':
      return { ...documents, byApplication: new Map([...documents.byApplication, [applicationId, document]]) };
  }
}

function affectedOf(outlooks: readonly Outlook[]): PolicyWriteResult['affected'] {
  return outlooks.flatMap(({ application, before, after }) => {
    const changes = settingChanges(before?.settings ?? {}, after.settings);
    return changes.length > 0 ? [{ applicationId: application.id, name: application.name, changes }] : [];
  });
}
