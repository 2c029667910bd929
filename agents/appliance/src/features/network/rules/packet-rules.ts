import type { ApplianceNetwork } from '@phalanx/contracts';
import type { NftTable } from '../../../platform/nft/ruleset.js';
import { connectionsAbove, counted, both, is, leave } from '../../../platform/nft/terms.js';
import { addForward, addInput } from './box-input.js';
import { addEdge, unjudged } from './edge.js';
import { SYN } from './floods.js';
import { mirrorTable } from './mirrors.js';
import { PacketTable } from './packet-table.js';
import { addPayloadRules } from './payload.js';
import { addProbes } from './scans.js';
import { addSchedules } from './schedules.js';

/** After connections are known (-200), before addresses are translated (-100). */
const STATE_PRIORITY = -150;
const CONNECTING_SOURCES = 65_535;

/** All tables that make a box as its document says. Throws `invalid` where the document contradicts itself. */
export function packetTables(network: ApplianceNetwork, now: number): NftTable[] {
  const table = new PacketTable(network);
  addSchedules(table, now);
  addEdge(table);
  addState(table);
  addInput(table);
  addForward(table);
  const mirror = mirrorTable(network);
  return [table.table(), ...(mirror ? [mirror] : [])];
}

/** What is judged with its connection and its payload: connection limits, payload matches, scans. */
function addState(table: PacketTable): void {
  const { floods, scans } = table.network.policy.protections;
  table.base('state', { type: 'filter', at: 'prerouting', priority: STATE_PRIORITY }, [[is('iifname', '"lo"'), leave], ...unjudged(table)]);
  const { connections } = floods;
  if (connections !== null)
    table.add(
      'state',
      both((family) => [
        SYN,
        is('ct state', 'new'),
        connectionsAbove(
          table.live(`connections-${family.v}-${connections}`, [family.type], CONNECTING_SOURCES, null),
          [counted(family)],
          connections,
        ),
        table.stop('connection-limit'),
      ]),
    );
  addPayloadRules(table);
  if (scans.enabled) addProbes(table);
}
