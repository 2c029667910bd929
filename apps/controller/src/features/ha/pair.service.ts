import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { HaTimelineItem, haTimelineQuerySchema, HaView, haWriteSchema, Page } from '@phalanx/contracts';
import type { z } from 'zod';
import { assertRevision } from '../../platform/db/revisioned.js';
import { ApplianceService } from '../appliances/index.js';
import { ClusterService } from '../tenants/index.js';
import { badAddresses, noPair, notAPair, wrongMembers } from './ha.errors.js';
import { PairAnnouncer } from './pair-announcer.js';
import { PairRows } from './pair-rows.repository.js';
import type { Pair } from './pair.js';
import { Timeline } from './timeline/timeline.service.js';

type Write = z.output<typeof haWriteSchema>;

/** Makes, changes and shows pairs. In the transaction of the caller. */
@Injectable()
export class PairService {
  constructor(
    private readonly pairs: PairRows,
    private readonly clusters: ClusterService,
    private readonly appliances: ApplianceService,
    private readonly announcer: PairAnnouncer,
    private readonly history: Timeline,
  ) {}

  async get(clusterId: string): Promise<HaView> {
    await this.clusters.get(clusterId);
    const pair = await this.pairs.find(clusterId);
    if (!pair) throw noPair();
    return viewOf(pair);
  }

  async timeline(clusterId: string, query: z.output<typeof haTimelineQuerySchema>): Promise<Page<HaTimelineItem>> {
    await this.clusters.get(clusterId);
    const pair = await this.pairs.find(clusterId);
    if (!pair) throw noPair();
    return this.history.page(pair, query);
  }

  /** `revision`: of the pair that the caller has read; 0 where there is none. */
  async write(clusterId: string, revision: number, { settings, members }: Write): Promise<HaView> {
    const cluster = await this.clusters.lock(clusterId);
    const before = await this.pairs.lock(clusterId);
    assertRevision({ revision: before?.revision ?? 0 }, revision);
    if (cluster.kind !== 'pair') throw notAPair();
    const boxes = await this.appliances.ofClusters([clusterId]);
    if (boxes.length !== 2 || !boxes.every(({ id }) => members.some((member) => member.applianceId === id))) throw wrongMembers();
    assertAddresses({ settings, members });
    const { tenantId, siteId } = cluster;
    await this.pairs.write({ clusterId, tenantId, siteId, settings }, members);
    await this.announcer.record({ clusterId, tenantId }, 'ha.write', { settings, members });
    await this.announcer.intent(
      { clusterId, tenantId },
      boxes.map(({ id }) => id),
    );
    return this.get(clusterId);
  }

  async remove(clusterId: string, revision: number): Promise<void> {
    await this.clusters.lock(clusterId);
    const pair = await this.pairs.lock(clusterId);
    if (!pair) throw noPair();
    assertRevision(pair, revision);
    await this.pairs.remove(clusterId);
    await this.announcer.record(pair, 'ha.remove', { vrid: pair.settings.vrid });
    await this.announcer.intent(
      pair,
      pair.members.map(({ applianceId }) => applianceId),
    );
  }
}

function assertAddresses({ settings, members: [a, b] }: Write): void {
  const hosts = settings.virtualAddresses.map(({ address }) => address.split('/')[0]!);
  if (a.address === b.address) throw badAddresses('both members have the same address');
  if (isIPv6(a.address) !== isIPv6(b.address)) throw badAddresses('the members’ addresses are of different families');
  if (new Set(hosts).size !== hosts.length) throw badAddresses('a virtual address is named twice');
  const own = hosts.find((host) => host === a.address || host === b.address);
  if (own) throw badAddresses(`${own} is a member’s own address; it can’t move`);
  // A VRRP router speaks of addresses of one family; those of the other move along with at least one of its own.
  if (!hosts.some((host) => isIPv6(host) === isIPv6(a.address)))
    throw badAddresses('at least one virtual address must be of the family of the members’ own');
}

function viewOf(pair: Pair): HaView {
  return {
    clusterId: pair.clusterId,
    tenantId: pair.tenantId,
    settings: pair.settings,
    members: pair.members.map((member) => ({
      applianceId: member.applianceId,
      interface: member.interface,
      address: member.address,
      priority: member.priority,
      name: member.name,
      online: member.online,
      lastSeenAt: member.lastSeenAt?.toISOString() ?? null,
      order: member.order,
      status: member.status,
    })),
    condition: pair.condition,
    conditionReason: pair.conditionReason,
    conditionSince: pair.conditionSince.toISOString(),
    revision: pair.revision,
  };
}
