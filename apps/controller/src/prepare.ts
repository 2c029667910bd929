import { NestFactory } from '@nestjs/core';
import { AppError, type Logger } from '@phalanx/kit';
import { AppModule, CONFIG_SLICES } from './app.module.js';
import { FEATURES } from './composition.js';
import { loadConfig } from './platform/config/config-slice.js';
import { Envelope } from './platform/crypto/envelope.js';
import { loadMasterKey } from './platform/crypto/master-key.js';
import { migrate } from './platform/db/migrate.js';
import { Platform1763700000000 } from './platform/db/migrations/1-platform.js';
import { NestLog } from './platform/log/nest-log.js';
import { platformConfig } from './platform/platform.config.js';
import { Roles } from './platform/roles.js';

/** All migrations of the program, in their order. */
const MIGRATIONS = [Platform1763700000000, ...FEATURES.flatMap((feature) => feature.migrations ?? [])];

/**
 * Makes a place ready to serve, and may be repeated: schema, keys and certificates, broker files, first operator. Needs
 * `DATABASE_URL`. Runs before the broker, whose files it writes.
 */
export async function prepare(environment: NodeJS.ProcessEnv, logger: Logger): Promise<void> {
  const config = loadConfig(CONFIG_SLICES, environment).get(platformConfig);
  if (!config.DATABASE_URL) throw new AppError('invalid', 'config.invalid', '`prepare` needs DATABASE_URL, with the rights of the owner');
  const envelope = new Envelope(loadMasterKey(config.PHALANX_HOME, config.PHALANX_MASTER_KEY));
  await migrate(config.DATABASE_URL, envelope, MIGRATIONS);
  logger.info('the schema is up to date');
  // No role: nothing listens, nothing takes jobs or messages.
  const app = await NestFactory.createApplicationContext(AppModule.with(new Roles([]), environment, logger), {
    logger: new NestLog(logger),
    abortOnError: false,
  });
  try {
    for (const feature of FEATURES) {
      if (!feature.prepare) continue;
      await app.get(feature.prepare, { strict: false }).prepare();
      logger.info('prepared', { feature: feature.name });
    }
  } finally {
    await app.close();
  }
}
