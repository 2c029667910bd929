import { join } from 'node:path';
import { type ApplianceNetwork, type NetworkFigures } from '@phalanx/contracts';
import { messageOf, sleep } from '@phalanx/kit';
import type { FacetDriver } from '../../platform/facet-driver.js';
import type { AgentContext, RunningFeature } from '../../platform/feature.js';
import { type RunTool, runTool } from '../../platform/system-tools.js';
import { BlockEnds } from './block-ends.js';
import { NetworkDriver } from './network-driver.js';
import { readFigures } from './network-figures.js';
import { PacketWatch } from './packet-watch.js';
import { ToldFile } from './told-file.js';

/** Hours are known for more than a year. */
const RENEW_MS = 86_400_000;
const POLL_MS = 1_000;
/** After a failed reading nothing is asked for this long. */
const RETRY_MS = 10_000;

export interface NetworkOptions {
  readonly applianceId: string;
  /** This box's own network unless given. */
  readonly run?: RunTool;
}

export interface RunningNetwork extends RunningFeature {
  readonly driver: FacetDriver;
  /** Null while the box runs no network document. */
  figures(): Promise<NetworkFigures | null>;
}

/** Runs the packet engine's watch until it is stopped; the driver is the reconciler's. */
export function startNetwork({ home, disk, logger, record, signal }: AgentContext, options: NetworkOptions): RunningNetwork {
  const { run = runTool } = options;
  const folder = join(home.root, 'network');
  let running: ApplianceNetwork | null = null;
  const ending = new AbortController();
  const stopped = AbortSignal.any([signal, ending.signal]);
  const follow = (network: ApplianceNetwork | null) => {
    running = network;
    watch.follow(network);
  };
  const driver = new NetworkDriver({ applianceId: options.applianceId, run, disk, folder, onApplied: follow });
  const watch = new PacketWatch(run, record, new BlockEnds(run), new ToldFile(disk, folder));
  follow(driver.running());

  const loop = async () => {
    let renewedMs = performance.now();
    while (!stopped.aborted) {
      let pauseMs = POLL_MS;
      try {
        await watch.poll();
        if (performance.now() - renewedMs > RENEW_MS) {
          renewedMs = performance.now();
          await driver.renewSchedules();
        }
      } catch (error) {
        logger.warn('the packet engine could not be read', { error: messageOf(error) });
        pauseMs = RETRY_MS;
      }
      await sleep(pauseMs, stopped).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    driver,
    figures: async () => (running ? readFigures(run, watch) : null),
    stop: async () => {
      ending.abort(new Error('the network feature is stopping'));
      await looping;
      watch.flush();
    },
  };
}
