import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ApplianceNetwork } from '@phalanx/contracts';
import { contentOf, type FacetContent, FacetContents } from '../desired-state/index.js';
import { ListenAddresses } from '../policies/index.js';
import { PairRows } from '../ha/index.js';
import { type BoxNetworkRow, NetworkRepository } from './network.repository.js';

/** Makes the document of the facet `network` for each box whose cluster has a network policy. */
@Injectable()
export class NetworkContent implements OnModuleInit {
  constructor(
    private readonly rows: NetworkRepository,
    private readonly listen: ListenAddresses,
    private readonly pairs: PairRows,
    private readonly contents: FacetContents,
  ) {}

  onModuleInit(): void {
    this.contents.register('network', (applianceIds) => this.of(applianceIds));
  }

  private async of(applianceIds: readonly string[]): Promise<ReadonlyMap<string, FacetContent>> {
    const rows = await this.rows.ofAppliances(applianceIds);
    if (rows.length === 0) return new Map();
    const listeners = await this.listen.listenersOf(rows.map((row) => row.applianceId));
    const peers = await this.peersOf(rows.map((row) => row.applianceId));
    const found = new Map<string, FacetContent>();
    for (const row of rows) {
      const { applianceId } = row;
      found.set(applianceId, contentOf(documentOf(row, listeners.get(applianceId) ?? [], peers.get(applianceId) ?? null)));
    }
    return found;
  }

  /** The other member of each box's pair, by appliance, of those that are in one. */
  private async peersOf(applianceIds: readonly string[]): Promise<ReadonlyMap<string, ApplianceNetwork['peer']>> {
    const peers = new Map<string, ApplianceNetwork['peer']>();
    for (const { members, settings } of await this.pairs.ofAppliances(applianceIds))
      for (const member of members) {
        const addresses = members.filter((other) => other !== member).map(({ address }) => address);
        peers.set(member.applianceId, { addresses, interface: member.interface, syncPort: settings.syncPort });
      }
    return peers;
  }
}

function documentOf(row: BoxNetworkRow, listeners: ApplianceNetwork['listeners'], peer: ApplianceNetwork['peer']): ApplianceNetwork {
  const { applianceId, tenantId, timeZone, policy, members } = row;
  return {
    version: 1,
    applianceId,
    tenantId,
    timeZone,
    policy,
    member: members.find((member) => member.applianceId === applianceId)?.network ?? { interfaces: [], routes: [] },
    listeners,
    peer,
  };
}
