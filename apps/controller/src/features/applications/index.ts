/**
 * Applications: the protected web services.
 *
 * Owns the table `applications` and the routes `/api/v1/applications`. Brings policies their `ApplicationDirectory`.
 * Invariants: a host on a port leads to one application of a cluster; an application has its own policy, and something in force, from its first moment;
 * its level is set in its own policy and nowhere else; a change reaches the cluster's appliances by `appliance.intent`.
 * Callers: features that need an application's place, by `ApplicationService`.
 */
import type { ControllerFeature } from '../../platform/feature.js';
import { ApplicationsModule } from './applications.module.js';
import { Applications1763710000300 } from './migrations/1-applications.js';

export { ApplicationsModule } from './applications.module.js';
export { ApplicationService } from './application.service.js';
export const applicationsMigrations = [Applications1763710000300];
export const applicationsFeature: ControllerFeature = {
  name: 'applications',
  module: ApplicationsModule,
  migrations: applicationsMigrations,
};
