import { z } from 'zod';
import { defineConfig } from './config/config-slice.js';

/** What the platform itself reads from the environment. */
export const platformConfig = defineConfig('platform', {
  PHALANX_HOME: z.string().default('.phalanx').describe('Folder of the controller’s own files: master key, broker files, spill-over.'),
  PHALANX_HOST: z.string().default('127.0.0.1').describe('Address that the REST API and console listen on.'),
  PHALANX_PORT: z.coerce.number().int().min(0).max(65535).default(0).describe('TCP port of the REST API and console; 0 takes a free one.'),
  PHALANX_PUBLIC_URL: z.url().optional().describe('Address under which people reach the console, when it is not the one listened on.'),
  PHALANX_LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug']).default('info').describe('Least level that is logged.'),
  PHALANX_MASTER_KEY: z
    .base64()
    .optional()
    .describe('32 bytes in base64 that envelope-encrypt secrets at rest; without it the file master.key in PHALANX_HOME.'),
  PHALANX_CONSOLE_DIR: z.string().optional().describe('Folder of the built console; without it only the API is served.'),
  DATABASE_URL: z
    .string()
    .startsWith('postgres')
    .optional()
    .describe('PostgreSQL as the owner, who may create roles and tables: for `prepare`, and to derive DATABASE_APP_URL.'),
  DATABASE_APP_URL: z
    .string()
    .startsWith('postgres')
    .optional()
    .describe('PostgreSQL as the application role, which row-level security binds; derived from DATABASE_URL when absent.'),
  DATABASE_POOL: z.coerce.number().int().min(2).max(500).default(20).describe('Connections that one process keeps to PostgreSQL.'),
  REDIS_URL: z.string().startsWith('redis').optional().describe('Redis for the work queue; without it the queue lives in PostgreSQL.'),
});
