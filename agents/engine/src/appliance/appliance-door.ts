import { availableParallelism, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { boxNameOf, lineLogger, messageOf, separate } from '@phalanx/kit';
import { parseWorkers, UsageError } from '../usage-error.js';
import { ApplianceEngine } from './appliance-engine.js';

/** Below what supervisors wait before they kill. The control socket can ask for longer. */
const DRAIN_MS = 3_500;

interface ApplianceOptions {
  readonly home: string;
  readonly workers: number;
}

/** Reads `--home DIR [--workers N]`. Throws `UsageError`. */
export function parseApplianceOptions(args: readonly string[]): ApplianceOptions {
  try {
    const { values } = parseArgs({ args: [...args], options: { home: { type: 'string' }, workers: { type: 'string' } } });
    if (!values.home) throw new UsageError('--home needs a folder');
    return { home: resolve(values.home), workers: values.workers === undefined ? availableParallelism() : parseWorkers(values.workers) };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(messageOf(error));
  }
}

/** Runs the engine of an appliance until it is told to drain. Prints one line when its control socket answers. */
export async function runAppliance({ home, workers }: ApplianceOptions): Promise<void> {
  const logger = lineLogger({ process: 'primary' });
  // Workers inherit it.
  const separation = separate('engine', { box: boxNameOf(dirname(home)), memoryBytes: totalmem() });
  logger.info('the engine runs before what manages it', { ...separation });
  const engine = await ApplianceEngine.start(home, workers, logger, () => process.exit(0));
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      engine.drain(DRAIN_MS).then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error('the engine did not end cleanly', { reason: messageOf(error) });
          process.exit(1);
        },
      );
    });
  }
  process.stdout.write(`ready home=${home} workers=${workers}\n`);
}
