/**
 * Policies: what the provider, a tenant and an application say about protection, with all versions, and what that comes to for each application.
 *
 * Owns the tables `policies`, `policy_versions`, `effective_policies`, and the routes `/api/v1/policies…` and `/applications/:id/effective-policy`.
 * Invariants: a document is never changed, only followed by a new version; no layer sets what a layer above locks; the effective policy of every affected
 * application is worked out in the transaction of the change, and gets a new version only when its digest changes; applications on one listener agree
 * where the client's address comes from; a box whose policy may have changed gets `appliance.intent`.
 * Callers, inside a transaction of the tenant: applications and desired state, by `PolicyService`. Features above provide `ApplicationDirectory` and
 * `CertificateDirectory` from global modules.
 */
import type { ControllerFeature } from '../../platform/feature.js';
import { Policies1763710000400 } from './migrations/1-policies.js';
import { policiesConfig } from './policies.config.js';
import { PoliciesModule } from './policies.module.js';

export { ApplicationDirectory, type ApplicationFilter } from './application-directory.js';
export { CertificateDirectory } from './certificate-directory.js';
export { ListenAddresses } from './listen-addresses.js';
export { PoliciesModule } from './policies.module.js';
export { PolicyService } from './policy.service.js';
export { VirtualAddressDirectory } from './virtual-address-directory.js';
export const policiesFeature: ControllerFeature = {
  name: 'policies',
  module: PoliciesModule,
  migrations: [Policies1763710000400],
  config: [policiesConfig],
};
