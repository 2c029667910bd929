/**
 * Health: whether each box is there, how it is, how its clocks stand. Takes `up/heartbeat` and `up/presence`; hands the reported
 * state of a heartbeat on to `ReportedStateSink`. Owns the tables `appliance_health`, `health_minutes` and `ingress_replicas`, writes
 * online, offline reason, last seen and versions in `appliance_status`, and the routes `/api/v1/appliances/:id/health` and `/health/history`.
 *
 * - A connection that is over (its will came, or a newer one did) never speaks for the box again, in whatever order messages arrive.
 * - A box goes offline by the end of its current connection after a short grace, or by silence; time in which the ingress was not
 *   receiving is not silence.
 * - A heartbeat that is repeated or overtaken changes nothing.
 *
 * Callers: events (places events in time by `BoxClocks`), blocks (what boxes refuse by themselves, by `BoxFigures`),
 * ha (places what members told in the boots that they told it in).
 */
import type { ControllerFeature } from '../../platform/feature.js';
import { healthConfig } from './health.config.js';
import { HealthModule } from './health.module.js';
import { Health1763740000200 } from './migrations/1-health.js';
import { NetworkFigures1763790000300 } from './migrations/2-network-figures.js';

import { PastBoots1763790000700 } from './migrations/3-past-boots.js';

export type { BoxClock } from './box-clock.js';
export { BoxClocks } from './box-clocks.js';
export { BoxFigures } from './box-figures.repository.js';
export { HealthModule } from './health.module.js';

export const healthMigrations = [Health1763740000200, NetworkFigures1763790000300, PastBoots1763790000700];

export const healthFeature: ControllerFeature = {
  name: 'health',
  module: HealthModule,
  migrations: healthMigrations,
  config: [healthConfig],
};
