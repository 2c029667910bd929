/**
 * Applications: the protected web services.
 *
 * Owns the table `applications` and the routes `/api/v1/applications`. Brings policies their `ApplicationDirectory`.
 * Invariants: a host on a port leads to one application of a cluster; an application has its own policy, and something in force, from its first moment;
 * its level is set in its own policy and nowhere else; a change reaches the cluster's appliances by `appliance.intent`.
 * Callers: none by code; policies see it through their `ApplicationDirectory`.
 */
import type { ControllerFeature } from '../../platform/feature.js';
import { ApplicationsModule } from './applications.module.js';
import { Applications1763710000300 } from './migrations/1-applications.js';

export const applicationsFeature: ControllerFeature = {
  name: 'applications',
  module: ApplicationsModule,
  migrations: [Applications1763710000300],
};
