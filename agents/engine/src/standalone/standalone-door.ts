import type { AddressInfo } from 'node:net';
import { lineLogger } from '../line-logger.js';
import { StandaloneCluster } from './standalone-cluster.js';
import type { StandaloneOptions } from './standalone-options.js';
import { StandaloneServer } from './standalone-server.js';

const DRAIN_MS = 10_000;

/** Says where it listens, in the one line that callers wait for. */
function announce({ address, port }: Pick<AddressInfo, 'address' | 'port'>): void {
  process.stdout.write(`listening on ${address.includes(':') ? `[${address}]` : address}:${port}\n`);
}

/** Runs the engine alone until a signal ends it. Throws the reason (`file:line: reason` for a rule) when it can't start. */
export async function runStandalone(options: StandaloneOptions): Promise<void> {
  const logger = lineLogger({ process: 'engine' });
  const { isShared } = options;
  const running = options.workers > 1 ? await StandaloneCluster.start(options, logger) : await StandaloneServer.start(options, logger);
  if (isShared) process.send?.({ type: 'listening', ...running.address });
  else announce(running.address);
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    running.close(DRAIN_MS).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  if (isShared) process.on('disconnect', stop);
}
