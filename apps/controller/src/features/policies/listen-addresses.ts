import { isIPv6 } from 'node:net';
import { Injectable, Optional } from '@nestjs/common';
import { ApplianceService } from '../appliances/index.js';
import { ApplicationDirectory } from './application-directory.js';
import { VirtualAddressDirectory } from './virtual-address-directory.js';

export interface Listener {
  readonly address: string;
  readonly port: number;
}

/** Where boxes listen for clients: at their own addresses and, in a pair, at those that move with the master. In the transaction of the caller. */
@Injectable()
export class ListenAddresses {
  constructor(
    private readonly appliances: ApplianceService,
    private readonly applications: ApplicationDirectory,
    @Optional() private readonly virtual?: VirtualAddressDirectory,
  ) {}

  /** All addresses of one box, its own first. One that moves is not named where the box listens on all addresses of its family. */
  async of({ clusterId, listenAddresses }: { readonly clusterId: string; readonly listenAddresses: readonly string[] }): Promise<string[]> {
    const moving = (await this.virtual?.ofClusters([clusterId]))?.get(clusterId) ?? [];
    const all = { 4: listenAddresses.includes('0.0.0.0'), 6: listenAddresses.includes('::') };
    return [...new Set([...listenAddresses, ...moving.filter((address) => !all[isIPv6(address) ? 6 : 4])])];
  }

  /** Each address with each port that an application of the box's cluster has, by appliance. */
  async listenersOf(applianceIds: readonly string[]): Promise<ReadonlyMap<string, Listener[]>> {
    const found = new Map<string, Listener[]>();
    for (const id of applianceIds) {
      const appliance = await this.appliances.find(id);
      if (!appliance) continue;
      const applications = await this.applications.find({ clusterIds: [appliance.clusterId] });
      const ports = [...new Set(applications.map(({ listenPort }) => listenPort))].sort((a, b) => a - b);
      const addresses = await this.of(appliance);
      found.set(
        id,
        ports.flatMap((port) => addresses.map((address) => ({ address, port }))),
      );
    }
    return found;
  }
}
