import { Global, Injectable, Module } from '@nestjs/common';
import { VirtualAddressDirectory } from '../policies/index.js';
import { PairRows } from './pair-rows.repository.js';

/** The addresses that move, as policies see them. */
@Injectable()
class PairAddresses extends VirtualAddressDirectory {
  constructor(private readonly pairs: PairRows) {
    super();
  }

  async ofClusters(clusterIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const pairs = await this.pairs.ofClusters(clusterIds);
    return new Map(
      pairs.map(({ clusterId, settings }) => [clusterId, settings.virtualAddresses.map(({ address }) => address.split('/')[0]!)] as const),
    );
  }
}

/** Global and apart from the routes: policies, which stand below, need it and can't import it. */
@Global()
@Module({
  providers: [PairRows, PairAddresses, { provide: VirtualAddressDirectory, useExisting: PairAddresses }],
  exports: [PairRows, VirtualAddressDirectory],
})
export class PairRecordsModule {}
