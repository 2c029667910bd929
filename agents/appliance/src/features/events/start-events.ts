import { messageOf } from '@phalanx/kit';
import { join } from 'node:path';
import { readBootId } from '../../platform/box-identity.js';
import type { AgentContext, RunningFeature } from '../../platform/feature.js';
import { ProgressFile } from './progress-file.js';
import { Shipper } from './shipper.js';
import { Spool, type SpoolFigures } from './spool.js';

const TICK_MS = 100;

export interface RunningEvents extends RunningFeature {
  /** What waits in the spool now. */
  spool(): SpoolFigures;
}

/** Ships the segments of the engine and of the agent until it is stopped. */
export function startEvents({ home, disk, link, logger }: AgentContext): RunningEvents {
  disk.makeFolder(home.spool);
  const spool = new Spool([join(home.engine, 'spool'), home.spool]);
  const progress = new ProgressFile(home.spool, disk, logger);
  const shipper = new Shipper({ link, spool, progress, disk, bootId: readBootId(), logger });
  let isStopped = false;
  link.onDown('ack', (payload) => {
    if (!isStopped) shipper.answered(payload, performance.now());
  });
  link.onConnected(() => shipper.reset());
  link.onDisconnected(() => shipper.reset());
  const tick = () => {
    try {
      spool.scan();
      shipper.pump(performance.now());
    } catch (error) {
      logger.error('the spool could not be read', { error: messageOf(error) });
    }
  };
  const timer = setInterval(tick, TICK_MS);
  return {
    spool: () => spool.figures(),
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      progress.save(spool.streams.values(), performance.now(), true);
    },
  };
}
