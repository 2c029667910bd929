import { type FSWatcher, watch } from 'node:fs';
import type { HaStatus } from '@phalanx/contracts';
import { messageOf } from '@phalanx/kit';
import type { FacetDriver } from '../../platform/facet-driver.js';
import type { AgentContext, RunningFeature } from '../../platform/feature.js';
import { type RunTool, runTool } from '../../platform/system-tools.js';
import { HaDriver } from './ha-driver.js';
import { KeeperProcess } from './keeper-process.js';
import { allowVirtualListeners } from './virtual-listeners.js';

const TICK_MS = 50;
const REREAD_MS = 1_000;

export interface HaOptions {
  readonly box: { readonly applianceId: string; readonly tenantId: string };
  /** Told of each change that the controller shall know at once. */
  readonly onChange: () => void;
  /** True: the box's network is its own to change. */
  readonly ownsNetwork?: boolean;
  readonly run?: RunTool;
  /** The keeper's program; the built one beside this file unless given. */
  readonly keeperProgram?: string;
}

export interface HaFeature extends RunningFeature {
  readonly driver: FacetDriver;
  /** The box's part in its pair now; null where it has none. */
  status(): HaStatus | null;
}

/** Has the keeper run wherever there is a plan, and follows its state. `stop` leaves the keeper at work. */
export function startHa(context: Pick<AgentContext, 'home' | 'disk' | 'logger'>, options: HaOptions): HaFeature {
  const { home, disk, logger } = context;
  const { box, onChange, run = runTool, keeperProgram } = options;
  const keeper = new KeeperProcess(home, disk, logger, ...(keeperProgram ? [keeperProgram] : []));
  const driver = new HaDriver({ box, home, disk, keeper, run });
  if (options.ownsNetwork) allowVirtualListeners(logger);
  let status = driver.status();
  let watcher: FSWatcher | null = null;
  let isCleaning = false;

  const reread = () => {
    const now = driver.status();
    const hasChanged = essence(now) !== essence(status);
    status = now;
    if (hasChanged) onChange();
  };
  const follow = () => {
    if (disk.read(keeper.files.plan) === null) return;
    if (keeper.report() === null && !isCleaning) {
      isCleaning = true;
      keeper
        .removeOrphanedAddresses(run)
        .catch((error: unknown) => logger.error('addresses of a dead daemon stay', { error: messageOf(error) }))
        .finally(() => (isCleaning = false));
    }
    keeper.ensure();
    // A watch ends with the folder that it is on.
    watcher ??= watch(home.ha, { persistent: false }, (_, name) => {
      if (name === null || name === 'state.json') reread();
    }).on('error', () => {
      watcher?.close();
      watcher = null;
    });
  };
  const every = (ms: number, work: () => void) =>
    setInterval(() => {
      try {
        work();
      } catch (error) {
        logger.error('the pair could not be looked at', { error: messageOf(error) });
      }
    }, ms);
  const timers = [every(TICK_MS, follow), every(REREAD_MS, reread)];
  return {
    driver,
    status: () => status,
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      watcher?.close();
    },
  };
}

/** All but the peer's last sign of life, which changes all the time. */
function essence(status: HaStatus | null): string {
  return JSON.stringify(status && { ...status, peerSeenAt: null });
}
