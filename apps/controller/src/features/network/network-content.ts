import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ApplianceNetwork } from '@phalanx/contracts';
import { contentOf, type FacetContent, FacetContents } from '../desired-state/index.js';
import { ListenAddresses } from '../policies/index.js';
import { type BoxNetworkRow, NetworkRepository } from './network.repository.js';

/** Makes the document of the facet `network` for each box whose cluster has a network policy. */
@Injectable()
export class NetworkContent implements OnModuleInit {
  constructor(
    private readonly rows: NetworkRepository,
    private readonly listen: ListenAddresses,
    private readonly contents: FacetContents,
  ) {}

  onModuleInit(): void {
    this.contents.register('network', (applianceIds) => this.of(applianceIds));
  }

  private async of(applianceIds: readonly string[]): Promise<ReadonlyMap<string, FacetContent>> {
    const rows = await this.rows.ofAppliances(applianceIds);
    if (rows.length === 0) return new Map();
    const listeners = await this.listen.listenersOf(rows.map((row) => row.applianceId));
    return new Map(rows.map((row) => [row.applianceId, contentOf(this.document(row, listeners.get(row.applianceId) ?? []))]));
  }

  private document(row: BoxNetworkRow, listeners: ApplianceNetwork['listeners']): ApplianceNetwork {
    const { applianceId, tenantId, timeZone, policy, members } = row;
    return {
      version: 1,
      applianceId,
      tenantId,
      timeZone,
      policy,
      member: members.find((member) => member.applianceId === applianceId)?.network ?? { interfaces: [], routes: [] },
      listeners,
      peer: null,
    };
  }
}
