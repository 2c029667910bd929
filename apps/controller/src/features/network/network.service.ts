import { Injectable } from '@nestjs/common';
import type { NetworkVersionView, PageQuery } from '@phalanx/contracts';
import { ClusterService } from '../tenants/index.js';
import { NetworkRepository, type NetworkRow, networkViewOf } from './network.repository.js';

/** Reads network policies. In the transaction of the caller. */
@Injectable()
export class NetworkService {
  constructor(
    private readonly networks: NetworkRepository,
    private readonly clusters: ClusterService,
  ) {}

  async get(clusterId: string): Promise<NetworkVersionView> {
    await this.clusters.get(clusterId);
    return networkViewOf(await this.networks.get(clusterId));
  }

  async versions(clusterId: string, page: PageQuery): Promise<NetworkRow[]> {
    await this.clusters.get(clusterId);
    return this.networks.versions(clusterId, page);
  }
}
