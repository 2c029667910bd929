/**
 * Network: what the packet engine of each cluster's boxes does, with all versions.
 *
 * Owns the tables `network_policies` and `network_policy_versions`, the routes `/api/v1/clusters/:id/network…`, and the facet `network`.
 * Invariants: a version is never changed, only followed by another; none with an error among its findings is written; what changes reaches the cluster's
 * boxes by `appliance.intent`; a cluster without a policy has no facet, so its boxes take theirs away.
 * Callers: none by code; desired state asks for the facet's documents through `FacetContents`.
 */
import { Module } from '@nestjs/common';
import type { ControllerFeature } from '../../platform/feature.js';
import { AppliancesModule } from '../appliances/index.js';
import { DesiredStateModule } from '../desired-state/index.js';
import { EnrolmentModule } from '../enrolment/index.js';
import { PairRecordsModule } from '../ha/index.js';
import { PoliciesModule } from '../policies/index.js';
import { TenantsModule } from '../tenants/index.js';
import { Network1763790000200 } from './migrations/1-network.js';
import { NetworkAnnouncer } from './network-announcer.js';
import { NetworkContent } from './network-content.js';
import { NetworkController } from './network.controller.js';
import { NetworkRepository } from './network.repository.js';
import { NetworkService } from './network.service.js';
import { NetworkSurroundings } from './network-surroundings.js';
import { NetworkWriter } from './network-writer.js';

@Module({
  imports: [TenantsModule, AppliancesModule, PoliciesModule, EnrolmentModule, DesiredStateModule, PairRecordsModule],
  controllers: [NetworkController],
  providers: [NetworkRepository, NetworkService, NetworkWriter, NetworkAnnouncer, NetworkSurroundings, NetworkContent],
})
class NetworkModule {}

export const networkFeature: ControllerFeature = { name: 'network', module: NetworkModule, migrations: [Network1763790000200] };
