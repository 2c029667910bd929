import { setDefaultBackendFactory, type BackendFactory, type ConnectionOptions, Queue } from 'bullmq';
import { createPostgresBackend } from 'bullmq';

export const WORK_QUEUE = 'work';
const SCHEMA = 'jobs';

/**
 * Options by which BullMQ reaches its store: Redis where a URL is given, else schema `jobs` of our PostgreSQL. Sets the process-wide backend.
 * The types of BullMQ's PostgreSQL backend do not allow for its own connection options yet, hence the casts.
 */
export function queueConnection(redisUrl: string | undefined, databaseUrl: string): ConnectionOptions {
  setDefaultBackendFactory(redisUrl ? undefined : (createPostgresBackend as unknown as BackendFactory));
  if (redisUrl) return { url: redisUrl, maxRetriesPerRequest: null };
  return {
    connectionString: databaseUrl,
    schema: SCHEMA,
    skipMigrations: true,
    max: 6,
    application_name: 'phalanx-queue',
  } as unknown as ConnectionOptions;
}

/** Brings the queue's schema up to date, as the owner. */
export async function migrateQueue(ownerUrl: string): Promise<void> {
  const connection = { connectionString: ownerUrl, schema: SCHEMA, migrate: true, max: 2 } as unknown as ConnectionOptions;
  const queue = new Queue(WORK_QUEUE, { connection }, createPostgresBackend as unknown as BackendFactory);
  queue.on('error', () => undefined);
  try {
    await queue.waitUntilReady();
  } finally {
    await queue.close();
  }
}

/** What the application role needs of the queue's schema. */
export function queueGrants(role: string): string[] {
  return [
    // BullMQ makes one sequence a queue when the first job is added.
    `grant usage, create on schema ${SCHEMA} to ${role}`,
    `grant select, insert, update, delete on all tables in schema ${SCHEMA} to ${role}`,
    `grant usage, select, update on all sequences in schema ${SCHEMA} to ${role}`,
    `grant execute on all functions in schema ${SCHEMA} to ${role}`,
  ];
}
