import type { ApplianceHa } from '@phalanx/contracts';
import { instantNow } from '../../../platform/box-identity.js';
import type { RecordedEvent } from '../../../platform/feature.js';
import type { ForeignPackets } from '../peer-table.js';

/** Tells of VRRP and connection-sync packets that were not the peer's: one event a source and look. */
export class ForeignPeers {
  private readonly told = new Map<string, ForeignPackets>();
  private lookedAt = instantNow().time;

  constructor(private readonly record: (event: RecordedEvent) => void) {}

  take(found: readonly ForeignPackets[], ha: ApplianceHa): void {
    const from = this.lookedAt;
    this.lookedAt = instantNow().time;
    const keys = new Set(found.map(keyOf));
    // The kernel forgets a source after a while, and then counts from nothing.
    for (const key of this.told.keys()) if (!keys.has(key)) this.told.delete(key);
    for (const packets of found) {
      const before = this.told.get(keyOf(packets));
      const isAnew = !before || before.packets > packets.packets;
      const count = packets.packets - (isAnew ? 0 : before.packets);
      this.told.set(keyOf(packets), packets);
      if (count <= 0) continue;
      this.record({
        kind: 'network',
        from,
        threat: 'foreign-peer',
        action: 'blocked',
        source: packets.source,
        destination: null,
        port: packets.protocol === 'udp' ? ha.settings.syncPort : null,
        protocol: packets.protocol,
        interface: null,
        rule: null,
        blockedUntil: null,
        count,
        bytes: packets.bytes - (isAnew ? 0 : before.bytes),
      });
    }
  }
}

function keyOf({ source, protocol }: ForeignPackets): string {
  return `${source} ${protocol}`;
}
