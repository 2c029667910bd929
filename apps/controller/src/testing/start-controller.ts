import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger, silentLogger } from '@phalanx/kit';
import { type PostgresServer, startPostgres } from '@phalanx/testing';
import { prepare } from '../prepare.js';
import { type ProgramRole, Roles } from '../platform/roles.js';
import { createServer } from '../server.js';

export interface TestController {
  readonly app: NestFastifyApplication;
  readonly postgres: PostgresServer;
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  stop(): Promise<void>;
}

export interface TestControllerOptions {
  /** `api` alone unless said: then no broker is needed. */
  readonly roles?: readonly ProgramRole[];
  readonly environment?: NodeJS.ProcessEnv;
  readonly logger?: Logger;
  /** The database server; one of its own unless given. It is stopped with the controller. */
  readonly postgres?: PostgresServer;
}

/** The real program in this process, on a database of its own, listening on a free port. */
export async function startController({
  roles = ['api'],
  environment = {},
  logger = silentLogger,
  ...options
}: TestControllerOptions = {}): Promise<TestController> {
  const home = mkdtempSync(join(tmpdir(), 'phalanx-controller-'));
  const postgres = options.postgres ?? (await startPostgres({ durable: false }));
  const all: NodeJS.ProcessEnv = {
    PHALANX_HOME: home,
    DATABASE_URL: postgres.ownerUrl,
    PHALANX_ADMIN_PASSWORD: 'correct horse battery',
    ...environment,
  };
  let app: NestFastifyApplication | undefined;
  const stop = async () => {
    await app?.close();
    await postgres.stop();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await prepare(all, logger);
    app = await createServer({ roles: new Roles(roles), environment: all, logger, consoleFolder: null });
    await app.listen(0, '127.0.0.1');
    return { app, postgres, home, environment: all, url: await app.getUrl(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
