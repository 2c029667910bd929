import { Injectable } from '@nestjs/common';
import type { PolicyLayer, Settings } from '@phalanx/contracts';
import { canonicalJson } from '@phalanx/kit';
import { ApplicationDirectory, type PolicyApplication } from './application-directory.js';
import { assertBypassPossible } from './bypass-agreement.js';
import { type EffectivePolicy, EffectivePolicyRepository } from './effective-policy.repository.js';
import { effectiveSettings } from './effective-settings.js';
import { assertListenersAgree } from './listener-agreement.js';
import { type DocumentSet, EMPTY_DOCUMENT, PolicyRepository } from './policy.repository.js';

/** What a set of documents would put in force for some applications, beside what is. */
export interface Outlook {
  readonly application: PolicyApplication;
  readonly before: EffectivePolicy | null;
  readonly after: ReturnType<typeof effectiveSettings>;
}

/** Works out effective policies from documents, and puts them in force. */
@Injectable()
export class EffectivePolicies {
  constructor(
    private readonly rows: EffectivePolicyRepository,
    private readonly policies: PolicyRepository,
    private readonly applications: ApplicationDirectory,
  ) {}

  /** In force for each application; worked out, as version 1, for those that have none yet. */
  async of(applications: readonly Pick<PolicyApplication, 'id' | 'tenantId'>[]): Promise<ReadonlyMap<string, EffectivePolicy>> {
    const known = await this.rows.current(applications.map(({ id }) => id));
    const missing = applications.filter(({ id }) => !known.has(id));
    if (missing.length === 0) return known;
    const documents = await this.documentsFor(missing);
    const computed = missing.map(({ id, tenantId }): [string, EffectivePolicy] => [
      id,
      {
        applicationId: id,
        tenantId,
        version: 1,
        ...effectiveSettings(layersOf(documents, { id, tenantId })),
        computedAt: new Date(),
        supersededAt: null,
      },
    ]);
    return new Map([...known, ...computed]);
  }

  documentsFor(applications: readonly Pick<PolicyApplication, 'id' | 'tenantId'>[]): Promise<DocumentSet> {
    const tenantIds = [...new Set(applications.map(({ tenantId }) => tenantId))];
    return this.policies.documents(
      tenantIds,
      applications.map(({ id }) => id),
    );
  }

  /**
   * Throws `conflict` where applications that share a listener would no longer agree, or one could no longer be bypassed that shall be;
   * `listeners-moved` looks at them even when no setting changes.
   */
  async outlook(
    applications: readonly PolicyApplication[],
    documents: DocumentSet,
    cause: 'documents-changed' | 'listeners-moved' = 'documents-changed',
  ): Promise<Outlook[]> {
    const known = await this.rows.current(applications.map(({ id }) => id));
    const outlooks = applications.map((application) => ({
      application,
      before: known.get(application.id) ?? null,
      after: effectiveSettings(layersOf(documents, application)),
    }));
    const isMoved = cause === 'listeners-moved';
    await this.assertEach(outlooks, isMoved ? () => true : changesClientAddress, assertListenersAgree);
    await this.assertEach(outlooks, isMoved ? () => true : changesBypass, assertBypassPossible);
    return outlooks;
  }

  /** Stores what changed; an application whose settings stay the same gets no new version. Gives those whose settings changed. */
  async enforce(outlooks: readonly Outlook[]): Promise<Outlook[]> {
    const changed = outlooks.filter(({ before, after }) => before?.digest !== after.digest);
    const retold = outlooks.filter(
      ({ before, after }) =>
        before?.digest === after.digest &&
        (canonicalJson(before.origin) !== canonicalJson(after.origin) || canonicalJson(before.locks) !== canonicalJson(after.locks)),
    );
    await this.rows.supersede(changed.map(rowOf));
    await this.rows.retell(retold.map(rowOf));
    return changed;
  }

  /** Has a judge look at all applications of the clusters that a change touches, each with the settings that it would have. */
  private async assertEach(
    outlooks: readonly Outlook[],
    isTouched: (outlook: Outlook) => boolean,
    judge: (applications: readonly PolicyApplication[], settingsOf: (applicationId: string) => Settings) => void,
  ): Promise<void> {
    const touched = outlooks.filter(isTouched);
    if (touched.length === 0) return;
    const neighbours = await this.applications.find({ clusterIds: [...new Set(touched.map(({ application }) => application.clusterId))] });
    const after = new Map(outlooks.map(({ application, after: { settings } }) => [application.id, settings]));
    const others = await this.of(neighbours.filter(({ id }) => !after.has(id)));
    judge(neighbours, (id) => after.get(id) ?? others.get(id)!.settings);
  }
}

function changesClientAddress({ before, after }: Outlook): boolean {
  return !before || canonicalJson(before.settings.clientAddress) !== canonicalJson(after.settings.clientAddress);
}

/** What is in force may be from a time that knew no such setting. */
function changesBypass({ before, after }: Outlook): boolean {
  if (after.settings.availability.onEngineFailure !== 'fail-open') return false;
  const part = ({ availability, tls }: Partial<Settings>) => canonicalJson([availability?.onEngineFailure ?? null, tls ?? null]);
  return !before || part(before.settings) !== part(after.settings);
}

/** The layers of one application, highest first. */
function layersOf(documents: DocumentSet, { id, tenantId }: Pick<PolicyApplication, 'id' | 'tenantId'>): PolicyLayer[] {
  return [
    { scope: 'provider', document: documents.provider },
    { scope: 'tenant', document: documents.byTenant.get(tenantId) ?? EMPTY_DOCUMENT },
    { scope: 'application', document: documents.byApplication.get(id) ?? EMPTY_DOCUMENT },
  ];
}

function rowOf({ application, after }: Outlook) {
  return { applicationId: application.id, tenantId: application.tenantId, ...after };
}
