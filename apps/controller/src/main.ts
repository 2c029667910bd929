import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '@phalanx/kit';
import { createLogger } from './platform/log/create-logger.js';
import { platformConfig } from './platform/platform.config.js';
import { type ConfigOf, loadConfig } from './platform/config/config-slice.js';
import { CONFIG_SLICES } from './app.module.js';
import { prepare } from './prepare.js';
import { Roles } from './platform/roles.js';
import { createServer } from './server.js';
import { startFailure } from './start-failure.js';

const USAGE = `usage: controller prepare                 make schema, keys and broker files
       controller serve [--roles LIST]   run; LIST of api,ingress,worker (all by default)`;

function configured(): ConfigOf<typeof platformConfig> {
  return loadConfig(CONFIG_SLICES, process.env).get(platformConfig);
}

async function serve(rolesText: string): Promise<void> {
  const roles = Roles.parse(rolesText);
  const config = configured();
  const logger = createLogger(config.PHALANX_LOG_LEVEL);
  const app = await createServer({ roles, environment: process.env, logger, consoleFolder: config.PHALANX_CONSOLE_DIR ?? null });
  await app.listen(config.PHALANX_PORT, config.PHALANX_HOST);
  const url = config.PHALANX_PUBLIC_URL ?? (await app.getUrl());
  console.log(`controller listening on ${url}`);
  const stop = (signal: string) => {
    logger.info('stopping', { signal });
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('did not stop cleanly', { error: messageOf(error) });
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { roles: { type: 'string', default: 'api,ingress,worker' } },
  });
  switch (positionals[0]) {
    case 'prepare':
      return prepare(process.env, createLogger(configured().PHALANX_LOG_LEVEL));
    case 'serve':
      return serve(values.roles);
    default:
      throw new AppError('invalid', 'cli.usage', USAGE);
  }
}

main().catch((error: unknown) => {
  const { text, exitCode } = startFailure(error, USAGE);
  console.error(text);
  process.exit(exitCode);
});
