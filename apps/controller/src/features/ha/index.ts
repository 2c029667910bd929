/**
 * High availability: pairs that share virtual addresses, what their members shall do, how they stand, and what happened to them.
 *
 * Owns the tables `ha_pairs`, `ha_members` and `ha_commands`, the routes `/api/v1/clusters/:id/ha…`, the job `ha.watch`, and the facet `ha`. Brings policies
 * their `VirtualAddressDirectory`.
 * Invariants: a pair has exactly the two appliances of its cluster, of unequal priorities; a virtual router id is given once in a site; a command that the
 * pair could not survive is refused in words; a member's word counts for now only where its box has said it since the other's; two masters for over 10 s
 * are ended by demoting the lower priority, which is taken back when the pair is whole; the timeline is worked out anew from the members' events at each look.
 * Callers: network (the peer of a box, by `PairRows`).
 */
import { Module } from '@nestjs/common';
import type { ControllerFeature } from '../../platform/feature.js';
import { AppliancesModule } from '../appliances/index.js';
import { DesiredStateModule } from '../desired-state/index.js';
import { EventsModule } from '../events/index.js';
import { HealthModule } from '../health/index.js';
import { TenantsModule } from '../tenants/index.js';
import { CommandRows } from './command-rows.repository.js';
import { FlapAlarm } from './flap-alarm.js';
import { HaController } from './ha.controller.js';
import { Ha1763790000500 } from './migrations/1-ha.js';
import { PairAnnouncer } from './pair-announcer.js';
import { PairCommands } from './pair-commands.js';
import { PairContent } from './pair-content.js';
import { PairRecordsModule } from './pair-directory.js';
import { PairProbes } from './pair-probes.js';
import { PairReports } from './pair-reports.js';
import { PairService } from './pair.service.js';
import { PairWatch } from './pair-watch.js';
import { Timeline } from './timeline/timeline.service.js';

@Module({
  imports: [PairRecordsModule, TenantsModule, AppliancesModule, DesiredStateModule, EventsModule, HealthModule],
  controllers: [HaController],
  providers: [CommandRows, PairAnnouncer, PairService, PairCommands, PairContent, PairProbes, PairWatch, Timeline, FlapAlarm, PairReports],
})
class HaModule {}

export const haFeature: ControllerFeature = { name: 'ha', module: HaModule, migrations: [Ha1763790000500] };

export { PairRows } from './pair-rows.repository.js';
export { PairRecordsModule } from './pair-directory.js';
