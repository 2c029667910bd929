import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppError } from '@phalanx/kit';
import { DriftAdoptions, type FoundDrift } from '../desired-state/index.js';
import { BlockRows } from './block-rows.repository.js';
import { BlockWriter } from './block-writer.js';
import { FleetRows } from './fleet-rows.repository.js';
import { readFoundElements } from './found-elements.js';

const notTold = (why: string) => new AppError('conflict', 'desired-state.not-adoptable', why);

/** Takes addresses that somebody blocked or let go of on a box itself as intended, for its cluster. */
@Injectable()
export class BlockAdoption implements OnModuleInit {
  constructor(
    private readonly adoptions: DriftAdoptions,
    private readonly rows: BlockRows,
    private readonly fleet: FleetRows,
    private readonly writer: BlockWriter,
  ) {}

  onModuleInit(): void {
    this.adoptions.register('patterns', (applianceId, drift) => this.adopt(applianceId, drift));
  }

  /** Throws `conflict` where what was found can't be told as blocks of this cluster. */
  private async adopt(applianceId: string, { diff }: FoundDrift): Promise<void> {
    const found = readFoundElements(diff ?? '');
    if (!found) throw notTold('more differs than blocked addresses without an end; block or release by hand what you want of it');
    const box = await this.fleet.box(applianceId);
    for (const element of found.removed) {
      const address = await this.networkOf(element);
      const [block, ...others] = await this.rows.exact(box.tenantId, box.clusterId, address);
      if (!block || others.length > 0 || block.clusterId === null)
        throw notTold(`${address} is blocked for more than this cluster; take that block back where it was made`);
      await this.writer.remove(block.id);
    }
    const addresses = await Promise.all(found.added.map((element) => this.networkOf(element)));
    if (addresses.length === 0) return;
    const wish = { tenantId: box.tenantId, clusterId: box.clusterId, addresses, expiresInSeconds: null };
    await this.writer.create({ ...wish, reason: `found on ${box.name}` });
  }

  private async networkOf(element: string): Promise<string> {
    const [first = '', last] = element.split('-');
    const network = last === undefined ? first : await this.rows.networkOf(first, last);
    if (network === null) throw notTold(`${element} is no network; block its addresses by hand`);
    return network;
  }
}
