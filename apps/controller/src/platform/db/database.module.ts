import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AppError } from '@phalanx/kit';
import { DataSource } from 'typeorm';
import type { ConfigOf } from '../config/config-slice.js';
import { CryptoModule } from '../crypto/crypto.module.js';
import { Envelope } from '../crypto/envelope.js';
import { platformConfig } from '../platform.config.js';
import { appRoleUrl } from './app-role.js';
import { Database } from './database.js';

/** Connection string of the application role, from either variable. */
export function databaseUrl(config: ConfigOf<typeof platformConfig>, envelope: Envelope): string {
  if (config.DATABASE_APP_URL) return config.DATABASE_APP_URL;
  if (config.DATABASE_URL) return appRoleUrl(config.DATABASE_URL, envelope);
  throw new AppError(
    'invalid',
    'config.invalid',
    'set DATABASE_URL (or DATABASE_APP_URL) to a PostgreSQL server; `npm start` brings its own',
  );
}

/** A role that could see through row-level security must never serve. */
async function refuseMightyRole(source: DataSource): Promise<void> {
  const [role] = await source.query<{ mighty: boolean }[]>(
    'select rolsuper or rolbypassrls as mighty from pg_roles where rolname = current_user',
  );
  if (role?.mighty !== false)
    throw new AppError('invalid', 'db.role-too-mighty', 'the database role of the application can bypass row-level security; use another');
}

@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      imports: [CryptoModule],
      inject: [platformConfig.token, Envelope],
      useFactory: (config: ConfigOf<typeof platformConfig>, envelope: Envelope) => ({
        type: 'postgres' as const,
        url: databaseUrl(config, envelope),
        autoLoadEntities: true,
        poolSize: config.DATABASE_POOL,
        applicationName: 'phalanx-controller',
        connectTimeoutMS: 10_000,
        retryAttempts: 20,
        retryDelay: 500,
        logging: false,
        extra: { statement_timeout: 60_000, idle_in_transaction_session_timeout: 60_000 },
      }),
    }),
  ],
  providers: [Database],
  exports: [Database],
})
export class DatabaseModule {
  constructor(private readonly source: DataSource) {}

  async onModuleInit(): Promise<void> {
    await refuseMightyRole(this.source);
    // A pooled connection that the server ends must not end the process; the pool replaces it.
    const pool = (this.source.driver as unknown as { master: { on(event: 'error', listener: () => void): void } }).master;
    pool.on('error', () => undefined);
  }
}
