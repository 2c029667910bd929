import { totalmem } from 'node:os';
import { AppError, boxNameOf, fromPino, messageOf, separate, withDeadline } from '@phalanx/kit';
import { pino } from 'pino';
import { readAgentConfig } from './agent.config.js';
import { type RunningAgent, startAgent } from './agent.js';

/** Exit codes beside 0: what a supervisor can tell apart. */
const EXIT = { failed: 1, usage: 2, refused: 3 } as const;
const STOP_DEADLINE_MS = 8_000;

async function main(): Promise<void> {
  const config = readAgentConfig(process.argv.slice(2), process.env);
  const logger = fromPino(
    pino({
      name: 'agent',
      level: config.logLevel,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['claim', '*.claim', '*.privateKeyPem'],
    }),
  );
  const interrupted = new AbortController();
  let agent: RunningAgent | null = null;
  const stop = (signal: string) => {
    logger.info('stopping', { signal });
    interrupted.abort(new Error('the agent was told to stop'));
    const stopped = agent?.stop() ?? Promise.resolve();
    withDeadline(STOP_DEADLINE_MS, 'stopping', () => stopped).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('did not stop cleanly', { error: messageOf(error) });
        process.exit(EXIT.failed);
      },
    );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  const { home, claim, ownsNetwork } = config;
  if (config.isSeparate)
    logger.info('the agent runs behind the engine', { ...separate('agent', { box: boxNameOf(home), memoryBytes: totalmem() }) });
  agent = await startAgent({ home, claim, ownsNetwork, logger, signal: interrupted.signal });
  console.log(`agent of ${agent.applianceId} running`);
}

main().catch((error: unknown) => {
  console.error(`agent: ${error instanceof AppError ? `${error.message} (${error.code})` : messageOf(error)}`);
  if (error instanceof AppError && error.kind === 'invalid') process.exit(EXIT.usage);
  process.exit(error instanceof AppError && error.kind === 'forbidden' ? EXIT.refused : EXIT.failed);
});
