/**
 * Blocks: addresses that the box refuses at the packet filter, before anything else sees their packets.
 *
 * Owns the facet `patterns`, nftables' table `inet phalanx_blocks`, and the sets `released-4` and `released-6` of the packet engine's table.
 *
 * - What the operator blocks is refused until it runs out; single addresses and networks, IPv4 and IPv6.
 * - What the operator released is refused by no judgement of the box: its own blocks are lifted, here and in the packet engine's table.
 * - A list that cuts the box off from its controller is undone.
 *
 * `health` takes `figures()` into each heartbeat.
 */
import type { NetworkFigures } from '@phalanx/contracts';
import type { Logger } from '@phalanx/kit';
import type { FacetDriver } from '../../platform/facet-driver.js';
import { runTool, type RunTool } from '../../platform/system-tools.js';
import { BlocksDriver } from './blocks-driver.js';
import { listsOf } from './element-changes.js';
import { OwnBlocks } from './own-blocks.js';

export interface BlocksOptions {
  readonly box: { readonly applianceId: string; readonly tenantId: string };
  readonly logger: Logger;
  readonly run?: RunTool;
  readonly now?: () => number;
}

/** What heartbeats tell of blocks. */
export interface BlocksFigures extends Pick<NetworkFigures, 'blocks' | 'ownBlocks' | 'ownBlocksTotal'> {
  /** Packets and bytes that blocks refused, as threat `blocked-address`. */
  readonly refused: { readonly packets: number; readonly bytes: number };
}

export interface BlocksFeature {
  readonly driver: FacetDriver;
  /** What is blocked now; operator's lists as they were read back last. */
  figures(): Promise<BlocksFigures>;
}

const LISTED = 500;

/** Makes the feature. It does nothing of its own: its driver is called by `reconcile`. */
export function startBlocks({ box, logger, run = runTool, now = Date.now }: BlocksOptions): BlocksFeature {
  const own = new OwnBlocks(run, now, logger);
  const driver = new BlocksDriver({ run, box, now, onApplied: (wanted) => own.release(wanted) });
  return {
    driver,
    figures: async () => {
      await own.tend();
      const ownBlocks = await own.list();
      const seen = driver.lastSeen();
      return {
        blocks: seen ? countBlocks(seen, now()) : { desired: 0, inKernel: 0 },
        ownBlocks: ownBlocks.slice(0, LISTED),
        ownBlocksTotal: ownBlocks.length,
        refused: {
          packets: seen ? seen.kernel.refused.blocked.packets + seen.kernel.refused.engine.packets : 0,
          bytes: seen ? seen.kernel.refused.blocked.bytes + seen.kernel.refused.engine.bytes : 0,
        },
      };
    },
  };
}

/** Figures of the packet engine (null where it has none) with those of the blocks. */
export function withBlocks(packets: NetworkFigures | null, { refused, ...blocks }: BlocksFigures): NetworkFigures {
  const { interfaces = [], stopped = [], rules = [], connections = null } = packets ?? {};
  const others = stopped.filter(({ threat }) => threat !== 'blocked-address');
  const own = stopped.find(({ threat }) => threat === 'blocked-address') ?? { packets: 0, bytes: 0 };
  const both = { threat: 'blocked-address' as const, packets: own.packets + refused.packets, bytes: own.bytes + refused.bytes };
  return { interfaces, stopped: [...others, both], rules, connections, ...blocks };
}

function countBlocks({ kernel, wanted }: NonNullable<ReturnType<BlocksDriver['lastSeen']>>, now: number): NetworkFigures['blocks'] {
  const present = listsOf(kernel, now);
  let desired = 0;
  let inKernel = 0;
  for (const set of ['blocked-4', 'blocked-6', 'networks-4', 'networks-6'] as const)
    for (const [key, until] of wanted?.[set] ?? [])
      if (until === null || until > now) {
        desired++;
        if (present[set].has(key)) inKernel++;
      }
  return { desired, inKernel };
}
