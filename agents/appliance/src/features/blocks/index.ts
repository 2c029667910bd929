/**
 * Blocks: addresses that the box refuses at the packet filter, before anything else sees their packets.
 *
 * Owns the facet `patterns`, nftables' table `inet phalanx_blocks`, and the sets `released-4` and `released-6` of the packet engine's table.
 *
 * - What the operator blocks is refused until it runs out; single addresses and networks, IPv4 and IPv6.
 * - What the operator released is refused by no judgement of the box: its own blocks are lifted, here and in the packet engine's table.
 * - A source that the engine refuses too often (the network policy says how often) is refused here for a time; never the box itself, its controller,
 *   peer, operators, origins and proxies, and never an address that only a header names.
 * - A list that cuts the box off from its controller is undone.
 *
 * `health` takes `figures()` into each heartbeat.
 */
import { applianceNetworkSchema, appliancePolicySchema, type NetworkFigures } from '@phalanx/contracts';
import { type Logger, messageOf } from '@phalanx/kit';
import type { z } from 'zod';
import type { EngineLink } from '../../platform/engine-link.js';
import type { FacetDriver } from '../../platform/facet-driver.js';
import type { AgentContext, RunningFeature } from '../../platform/feature.js';
import { runTool, type RunTool } from '../../platform/system-tools.js';
import { BlocksDriver } from './blocks-driver.js';
import { listsOf } from './element-changes.js';
import { EngineVerdicts } from './engine-verdicts.js';
import { OwnBlocks } from './own-blocks.js';
import { untouchableRanges } from './untouchable.js';

/** What is needed to act on the engine's verdicts. */
interface VerdictSources {
  readonly engine: Pick<EngineLink, 'refusals'>;
  /** Content of facets as it runs. */
  readonly committed: (facet: 'network' | 'policy') => { readonly sha256: string; readonly read: () => Buffer | null } | null;
  readonly controllerUrls: () => readonly string[];
  readonly record: AgentContext['record'];
  /** Told when somebody was blocked. */
  readonly onBlocked?: () => void;
  /** How often the engine is asked; a second unless given. */
  readonly everyMs?: number;
}

export interface BlocksOptions {
  readonly box: { readonly applianceId: string; readonly tenantId: string };
  readonly logger: Logger;
  readonly run?: RunTool;
  readonly now?: () => number;
  /** Without them the engine's verdicts block nobody. */
  readonly verdicts?: VerdictSources;
}

/** What heartbeats tell of blocks. */
export interface BlocksFigures extends Pick<NetworkFigures, 'blocks' | 'ownBlocks' | 'ownBlocksTotal'> {
  /** Packets and bytes that blocks refused, as threat `blocked-address`. */
  readonly refused: { readonly packets: number; readonly bytes: number };
}

export interface BlocksFeature extends RunningFeature {
  readonly driver: FacetDriver;
  /** What is blocked now; operator's lists as they were read back last. */
  figures(): Promise<BlocksFigures>;
}

const LISTED = 500;

/** Starts the feature: its driver is called by `reconcile`, and the engine is asked whom it refused. */
export function startBlocks({ box, logger, run = runTool, now = Date.now, verdicts }: BlocksOptions): BlocksFeature {
  const own = new OwnBlocks(run, now, logger);
  const driver = new BlocksDriver({ run, box, now, onApplied: (wanted) => own.release(wanted) });
  const stop = verdicts ? followVerdicts(verdicts, own, logger, now) : () => undefined;
  return {
    driver,
    stop: async () => stop(),
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

function followVerdicts(
  { engine, committed, controllerUrls, record, ...options }: VerdictSources,
  own: OwnBlocks,
  logger: Logger,
  now: () => number,
) {
  const network = contentReader(() => committed('network'), applianceNetworkSchema);
  const policy = contentReader(() => committed('policy'), appliancePolicySchema);
  const engineVerdicts = new EngineVerdicts({
    engine,
    policy: () => network()?.policy.protections.refusals ?? null,
    untouchable: () => untouchableRanges({ network: network(), policy: policy(), controllerUrls: controllerUrls() }, logger),
    own,
    record,
    logger,
    now,
  });
  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    try {
      if (await engineVerdicts.look()) options.onBlocked?.();
    } catch (error) {
      logger.debug('the engine does not tell whom it refused', { error: messageOf(error) });
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look(), options.everyMs ?? 1_000);
  return () => clearInterval(timer);
}

/** Reads a document anew only when it is another one. */
function contentReader<T>(committed: () => ReturnType<VerdictSources['committed']>, schema: z.ZodType<T>): () => T | null {
  let known: { readonly sha256: string; readonly document: T | null } | null = null;
  return () => {
    const present = committed();
    if (!present) return null;
    if (known?.sha256 !== present.sha256) {
      const bytes = present.read();
      known = { sha256: present.sha256, document: bytes && schema.parse(JSON.parse(bytes.toString('utf8'))) };
    }
    return known.document;
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
