import { Module } from '@nestjs/common';
import { AppliancesModule } from '../appliances/index.js';
import { TenantsModule } from '../tenants/index.js';
import { EffectivePolicyController } from './effective-policy.controller.js';
import { EffectivePolicyRepository } from './effective-policy.repository.js';
import { EffectivePolicies } from './effective-policies.js';
import { ListenAddresses } from './listen-addresses.js';
import { policiesPersistence } from './policies.persistence.js';
import { PolicyAnnouncer } from './policy-announcer.js';
import { PolicyController } from './policy.controller.js';
import { PolicyRepository } from './policy.repository.js';
import { PolicyService } from './policy.service.js';
import { PolicySources } from './policy-sources.js';
import { PolicyTargets } from './policy-targets.js';
import { PolicyWriter } from './policy-writer.js';

/** Needs an `ApplicationDirectory` (and may use a `CertificateDirectory`) from a global module of the features above it. */
@Module({
  imports: [policiesPersistence, TenantsModule, AppliancesModule],
  controllers: [PolicyController, EffectivePolicyController],
  providers: [
    PolicyRepository,
    EffectivePolicyRepository,
    EffectivePolicies,
    PolicyAnnouncer,
    PolicyWriter,
    PolicyTargets,
    ListenAddresses,
    PolicySources,
    PolicyService,
  ],
  exports: [PolicyService, ListenAddresses],
})
export class PoliciesModule {}
