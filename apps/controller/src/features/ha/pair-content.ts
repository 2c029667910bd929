import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ApplianceHa } from '@phalanx/contracts';
import { contentOf, type FacetContent, FacetContents } from '../desired-state/index.js';
import { PairRows } from './pair-rows.repository.js';
import { type Pair, type PairMember, peerOf } from './pair.js';

/** Makes the document of the facet `ha` for each member of a pair. */
@Injectable()
export class PairContent implements OnModuleInit {
  constructor(
    private readonly pairs: PairRows,
    private readonly contents: FacetContents,
  ) {}

  onModuleInit(): void {
    this.contents.register('ha', (applianceIds) => this.of(applianceIds));
  }

  private async of(applianceIds: readonly string[]): Promise<ReadonlyMap<string, FacetContent>> {
    const wanted = new Set(applianceIds);
    const found = new Map<string, FacetContent>();
    for (const pair of await this.pairs.ofAppliances(applianceIds))
      for (const member of pair.members)
        if (wanted.has(member.applianceId)) found.set(member.applianceId, contentOf(documentOf(pair, member)));
    return found;
  }
}

function documentOf(pair: Pair, member: PairMember): ApplianceHa {
  const peer = peerOf(pair, member);
  return {
    version: 1,
    applianceId: member.applianceId,
    tenantId: pair.tenantId,
    clusterId: pair.clusterId,
    settings: pair.settings,
    interface: member.interface,
    address: member.address,
    priority: member.priority,
    peer: { applianceId: peer.applianceId, address: peer.address, priority: peer.priority },
    order: member.order,
    commandId: member.commandId,
  };
}
