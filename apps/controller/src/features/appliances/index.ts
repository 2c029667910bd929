/**
 * Appliances: the boxes of the fleet, with their tags, addresses and how each stands now.
 *
 * Owns the tables `appliances` and `appliance_status` and the routes `/api/v1/appliances`. A status row is made with its appliance. Other features
 * write its columns, each its own: health `online`, `offline_reason`, `last_seen_at`, `agent_version`, `engine_version`; desired state (and
 * enrolment) `sync_state`, `sync_reason`. What is shown and filtered by is worked out at reading: `never-enrolled` and `quarantined` stand as they are,
 * else a box that is not online is `offline`, else the reported sync state.
 * Invariants: a cluster has one appliance, or two if it is a pair; whatever changes what a box shall run emits `appliance.intent`.
 * Callers: policies, and whoever needs a box's place in the fleet, by `ApplianceService`.
 */
import type { ControllerFeature } from '../../platform/feature.js';
import { AppliancesModule } from './appliances.module.js';
import { Appliances1763710000200 } from './migrations/1-appliances.js';

export { ApplianceService } from './appliance.service.js';
export { AppliancesModule } from './appliances.module.js';
export const appliancesMigrations = [Appliances1763710000200];
export const appliancesFeature: ControllerFeature = { name: 'appliances', module: AppliancesModule, migrations: appliancesMigrations };
