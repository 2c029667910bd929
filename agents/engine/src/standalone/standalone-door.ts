import { lineLogger, messageOf } from '@phalanx/kit';
import { StandaloneEngine } from './standalone-engine.js';
import type { StandaloneOptions } from './standalone-options.js';

const DRAIN_MS = 10_000;

/**
 * Runs the engine alone until a signal ends it; SIGHUP has it read its rules again. Prints where it listens, in the one line that callers wait for.
 * Throws the reason (`file:line: reason` for a rule) when it can't start.
 */
export async function runStandalone(options: StandaloneOptions): Promise<void> {
  const logger = lineLogger({ process: 'engine' });
  let isStopping = false;
  let engine: StandaloneEngine | null = null;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    // Before it listens there is nothing that could finish.
    if (engine === null) process.exit(1);
    engine.close(DRAIN_MS).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  const reload = (): void => {
    if (engine === null || isStopping) return;
    engine.reload().then(
      (rules) => logger.info('the rules were read again', { rules }),
      (error: unknown) => {
        process.stderr.write(`${messageOf(error)}\n`);
        logger.error('the rules were not replaced: what was served before goes on');
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  process.on('SIGHUP', reload);
  engine = await StandaloneEngine.start(options, logger);
  const { address, port } = engine.endpoint;
  process.stdout.write(`listening on ${address.includes(':') ? `[${address}]` : address}:${port}\n`);
}
