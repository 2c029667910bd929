import { AppError } from '@phalanx/kit';
import { DataSource, type MigrationInterface } from 'typeorm';
import { APP_ROLE, appRolePassword } from './app-role.js';
import { migrateQueue, queueGrants } from '../queue/queue-connection.js';
import type { Envelope } from '../crypto/envelope.js';

export type MigrationClass = new () => MigrationInterface;

/** Two preparing processes must not migrate at once. */
const MIGRATION_LOCK = 4_711_001;

/**
 * Brings the schema up to date as the owner: makes the application role (no superuser, no bypass of row-level security), then runs
 * what is missing of the migrations, each in its own transaction. Safe to run by several processes at once.
 */
export async function migrate(ownerUrl: string, envelope: Envelope, migrations: readonly MigrationClass[]): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    url: ownerUrl,
    migrations: [...migrations],
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    poolSize: 2,
  });
  await source.initialize();
  const lock = source.createQueryRunner();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureAppRole(source, appRolePassword(envelope));
    await source.runMigrations();
    await migrateQueue(ownerUrl);
    for (const grant of queueGrants(APP_ROLE)) await source.query(grant);
    await lock.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  } finally {
    await lock.release();
    await source.destroy();
  }
}

async function ensureAppRole(source: DataSource, password: string): Promise<void> {
  if (!/^[0-9a-f]{64}$/.test(password)) throw new AppError('bug', 'db.role-password', 'the derived password is not hexadecimal');
  const [existing] = await source.query<{ rolsuper: boolean; rolbypassrls: boolean }[]>(
    'select rolsuper, rolbypassrls from pg_roles where rolname = $1',
    [APP_ROLE],
  );
  if (existing && (existing.rolsuper || existing.rolbypassrls)) {
    throw new AppError('invalid', 'db.role-too-mighty', `the role ${APP_ROLE} may bypass row-level security; take that from it first`);
  }
  await source.query(
    existing
      ? `alter role ${APP_ROLE} with login password '${password}'`
      : `create role ${APP_ROLE} with login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password '${password}'`,
  );
  await source.query(`grant usage on schema public to ${APP_ROLE}`);
}
