import { Injectable } from '@nestjs/common';
import type { ApplianceView, ClusterView, MemberNetwork, NetworkFinding, NetworkPolicy, NetworkWriteResult } from '@phalanx/contracts';
import { digestOf } from '@phalanx/kit';
import { assertRevision } from '../../platform/db/revisioned.js';
import { ApplianceService } from '../appliances/index.js';
import { ClusterService } from '../tenants/index.js';
import { judgeNetwork } from './findings/judge-network.js';
import { NetworkAnnouncer } from './network-announcer.js';
import { networkChanges } from './network-changes.js';
import { NetworkSurroundings } from './network-surroundings.js';
import { networkRefused, noNetwork, notAMember } from './network.errors.js';
import { type MemberPart, NetworkRepository, type NetworkRow, networkViewOf } from './network.repository.js';

export interface NetworkWrite {
  readonly policy: NetworkPolicy;
  readonly members: readonly MemberPart[];
  readonly comment: string;
  /** Version that the writer has read; 0: none is in force. */
  readonly expectedVersion: number;
  readonly dryRun?: boolean;
}

const EMPTY: MemberNetwork = { interfaces: [], routes: [] };

/** Writes new versions of network policies, and tells the boxes of the cluster. A dry run stops before the writing. In the transaction of the caller. */
@Injectable()
export class NetworkWriter {
  constructor(
    private readonly networks: NetworkRepository,
    private readonly clusters: ClusterService,
    private readonly appliances: ApplianceService,
    private readonly surroundings: NetworkSurroundings,
    private readonly announcer: NetworkAnnouncer,
  ) {}

  /** Throws `invalid` with code `network.refused` and every place that is wrong. A dry run answers the findings instead. */
  async write(clusterId: string, write: NetworkWrite): Promise<NetworkWriteResult> {
    const { cluster, current, boxes } = await this.open(clusterId, write.expectedVersion);
    const members = joined(boxes, current?.members ?? [], write.members);
    const findings = await this.findingsOf(cluster, boxes, write.policy, members);
    const changes = networkChanges(current, { policy: write.policy, members });
    const affected = changes.length > 0 ? boxes.map(({ id, name }) => ({ applianceId: id, name })) : [];
    const result = { dryRun: write.dryRun ?? false, changes, findings, affected };
    if (write.dryRun) return { ...result, network: null };
    if (findings.some(({ severity }) => severity === 'error')) throw networkRefused(findings);
    if (changes.length > 0) {
      const digest = digestOf({ policy: write.policy, members });
      const { policy, comment } = write;
      await this.networks.write({
        clusterId,
        tenantId: cluster.tenantId,
        digest,
        policy,
        members,
        comment,
        createdBy: this.announcer.author(),
      });
      const written = await this.networks.get(clusterId);
      const paths = changes.map(({ path }) => path);
      await this.announcer.changed(cluster, boxes, 'network.write', { version: written.version, comment, paths: paths.slice(0, 100) });
    }
    return { ...result, network: networkViewOf(await this.networks.get(clusterId)) };
  }

  async revert(clusterId: string, expectedVersion: number, version: number, comment: string): Promise<NetworkWriteResult> {
    await this.clusters.get(clusterId);
    const old = await this.networks.version(clusterId, version);
    const boxes = await this.appliances.ofClusters([clusterId]);
    // A box that was replaced since has its own part.
    const members = old.members.filter((member) => boxes.some((box) => box.id === member.applianceId));
    return this.write(clusterId, { policy: old.policy, members, comment: comment || `Back to version ${version}`, expectedVersion });
  }

  async takeAway(clusterId: string, expectedVersion: number): Promise<void> {
    const { cluster, current, boxes } = await this.open(clusterId, expectedVersion);
    if (!current) throw noNetwork();
    await this.networks.takeAway(clusterId);
    await this.announcer.changed(cluster, boxes, 'network.remove', { version: current.version });
  }

  private async open(
    clusterId: string,
    expectedVersion: number,
  ): Promise<{ readonly cluster: ClusterView; readonly current: NetworkRow | null; readonly boxes: readonly ApplianceView[] }> {
    const cluster = await this.clusters.lock(clusterId);
    const current = await this.networks.find(clusterId);
    assertRevision({ revision: current?.version ?? 0 }, expectedVersion);
    return { cluster, current, boxes: await this.appliances.ofClusters([clusterId]) };
  }

  private async findingsOf(
    cluster: ClusterView,
    boxes: readonly ApplianceView[],
    policy: NetworkPolicy,
    members: readonly MemberPart[],
  ): Promise<NetworkFinding[]> {
    const named = members.map((member) => ({ ...member, name: boxes.find((box) => box.id === member.applianceId)!.name }));
    const found = judgeNetwork({ policy, members: named, ...(await this.surroundings.of(cluster.id)) });
    return [...found, ...(await this.surroundings.driftOf(boxes))];
  }
}

/** The part of every box: as written now, else as before, else nothing. Throws `invalid` for a part of none of them. */
function joined(boxes: readonly ApplianceView[], before: readonly MemberPart[], written: readonly MemberPart[]): MemberPart[] {
  const parts = new Map(written.map((part) => [part.applianceId, part]));
  if (parts.size !== written.length || [...parts.keys()].some((id) => !boxes.some((box) => box.id === id))) throw notAMember();
  return boxes.map(({ id }) => parts.get(id) ?? before.find((part) => part.applianceId === id) ?? { applianceId: id, network: EMPTY });
}
