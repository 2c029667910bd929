import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { AppliancePolicy, Level } from '@phalanx/contracts';
import { TenantLifecycle } from '../tenants/index.js';
import type { PolicyApplication } from './application-directory.js';
import type { EffectivePolicy } from './effective-policy.repository.js';
import { EffectivePolicies } from './effective-policies.js';
import { PolicyAnnouncer } from './policy-announcer.js';
import { PolicyRepository } from './policy.repository.js';
import { applicationPolicy, tenantPolicy } from './policy-target.js';
import { PolicySources } from './policy-sources.js';
import { PolicyWriter } from './policy-writer.js';

/** What other features ask of policies, inside their own transaction. */
@Injectable()
export class PolicyService implements OnModuleInit {
  constructor(
    private readonly policies: PolicyRepository,
    private readonly effective: EffectivePolicies,
    private readonly writer: PolicyWriter,
    private readonly announcer: PolicyAnnouncer,
    private readonly sources: PolicySources,
    private readonly lifecycle: TenantLifecycle,
  ) {}

  onModuleInit(): void {
    this.lifecycle.whenCreated((tenantId) => this.policies.addEmpty(tenantPolicy(tenantId), this.announcer.author()));
  }

  /** All that the appliance's engine shall serve, in a form whose digest changes only with its meaning. Null for an appliance that is not in scope. */
  async appliancePolicy(applianceId: string): Promise<AppliancePolicy | null> {
    const appliance = await this.sources.appliances.find(applianceId);
    if (!appliance) return null;
    const applications = await this.sources.applications.find({ clusterIds: [appliance.clusterId] });
    const effective = await this.effective.of(applications);
    return {
      version: 1,
      applianceId,
      tenantId: appliance.tenantId,
      listenAddresses: await this.sources.listen.of(appliance),
      applications: applications.map(({ id, name, hosts, listenPort, upstream }) => ({
        id,
        name,
        hosts: [...hosts],
        listenPort,
        upstream,
        settings: effective.get(id)!.settings,
        settingsDigest: effective.get(id)!.digest,
      })),
      events: this.sources.events,
    };
  }

  /** Until the transaction ends nobody else changes applications or policies of the tenant. Taken before any of its rows is locked. */
  async lockTenant(tenantId: string): Promise<void> {
    await this.policies.lock({ scope: 'tenant', tenantId });
  }

  /** Gives a new application its empty policy and what the layers above come to for it. */
  async adopt(application: PolicyApplication): Promise<void> {
    await this.policies.addEmpty(applicationPolicy(application), this.announcer.author());
    await this.refresh(application);
  }

  /** The application itself changed: checks its listener again and tells its appliances. */
  async refresh(application: PolicyApplication): Promise<void> {
    const documents = await this.effective.documentsFor([application]);
    await this.effective.enforce(await this.effective.outlook([application], documents, 'listeners-moved'));
    await this.announcer.affected([application]);
  }

  /** The application is gone: tells its appliances. */
  async forget(application: Pick<PolicyApplication, 'id' | 'tenantId' | 'clusterId'>): Promise<void> {
    await this.announcer.affected([application]);
  }

  /** Throws `conflict` with code `policies.locked` when a layer above locks the level. */
  async setLevel(application: PolicyApplication, level: Level): Promise<void> {
    await this.writer.setLevel(applicationPolicy(application), level);
  }

  /** What is in force for each of the applications. */
  effectiveOf(applications: readonly Pick<PolicyApplication, 'id' | 'tenantId'>[]): Promise<ReadonlyMap<string, EffectivePolicy>> {
    return this.effective.of(applications);
  }
}
