import type { ApplianceHa } from '@phalanx/contracts';
import { type Logger, sleep } from '@phalanx/kit';
import type { RunTool } from '../../../platform/system-tools.js';
import { skewMs, takeOverMs } from '../keepalived-config.js';
import { readPeerCounts } from '../peer-table.js';
import { holdAddresses, letAddressesGo } from './addresses.js';

/** After its first advertisement a new master announces the addresses. */
const ANNOUNCED_MS = 40;
const POLL_MS = 10;

interface HandOverParts {
  readonly run: RunTool;
  readonly logger: Logger;
  /** Has the daemon give its part up, and take it up again. */
  readonly setYielding: (isYielding: boolean) => void;
  readonly isDaemonWell: () => boolean;
  readonly isMaster: () => boolean;
}

/**
 * Gives the addresses away without a gap: they stay here, on `lo`, until the peer has announced them. Where no peer takes them, this member is
 * master again, and they stay until it is (under maintenance they go all the same).
 */
export async function handOver(ha: ApplianceHa, parts: HandOverParts): Promise<void> {
  const { run, logger, setYielding, isDaemonWell, isMaster } = parts;
  const { advertMs } = ha.settings;
  const startedAt = performance.now();
  const before = (await readPeerCounts(run))?.peerVrrp ?? 0;
  await holdAddresses(ha, run);
  try {
    setYielding(true);
    const deadline = startedAt + skewMs(advertMs, ha.peer.priority) + 2 * advertMs + 200;
    let isTaken = false;
    while (!isTaken && performance.now() < deadline && isDaemonWell()) {
      await sleep(POLL_MS);
      isTaken = ((await readPeerCounts(run))?.peerVrrp ?? 0) > before;
    }
    const tookMs = Math.round(performance.now() - startedAt);
    logger.info(isTaken ? 'the peer has the addresses' : 'no peer took the addresses', { tookMs, order: ha.order });
    if (isTaken) await sleep(ANNOUNCED_MS);
    setYielding(false);
    if (isTaken || ha.order === 'maintenance') return;
    const backBy = performance.now() + takeOverMs(advertMs, ha.priority) + 1_000;
    // A peer that is only late takes them all the same.
    while (!isMaster() && performance.now() < backBy && ((await readPeerCounts(run))?.peerVrrp ?? 0) === before) await sleep(POLL_MS);
    await sleep(ANNOUNCED_MS);
  } finally {
    setYielding(false);
    await letAddressesGo(ha, run);
  }
}
