import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { silentLogger } from '@phalanx/kit';
import { Child, freePort, type PostgresServer, startPostgres, waitUntil } from '@phalanx/testing';
import { ConfigModule } from '../config/config.module.js';
import { CryptoModule } from '../crypto/crypto.module.js';
import { Envelope } from '../crypto/envelope.js';
import { loadMasterKey } from '../crypto/master-key.js';
import { migrate } from '../db/migrate.js';
import { LOGGER } from '../log/logger.token.js';
import { platformConfig } from '../platform.config.js';
import { QueueModule } from './queue.module.js';
import { type WorkPayload, WorkQueue } from './work-queue.js';

@Global()
@Module({ providers: [{ provide: LOGGER, useValue: silentLogger }], exports: [LOGGER] })
class QuietModule {}

const home = mkdtempSync(join(tmpdir(), 'phalanx-queue-'));
let postgres: PostgresServer;
let redis: Child | null = null;
let redisUrl = '';
const REDIS = '/usr/bin/redis-server';

beforeAll(async () => {
  postgres = await startPostgres({ durable: false });
  await migrate(postgres.ownerUrl, new Envelope(loadMasterKey(home, undefined)), []);
  if (existsSync(REDIS)) {
    const port = await freePort();
    redis = new Child({
      command: REDIS,
      args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', home, '--maxmemory-policy', 'noeviction'],
    });
    await redis.line(/Ready to accept connections/);
    redisUrl = `redis://127.0.0.1:${port}`;
  }
}, 60_000);

afterAll(async () => {
  await postgres?.stop();
  await redis?.stop();
  rmSync(home, { recursive: true, force: true });
});

if (!existsSync(REDIS)) console.log('skipped: the work queue on Redis, because redis-server is not installed');

describe.each([['PostgreSQL', () => ({})], ...(existsSync(REDIS) ? [['Redis', () => ({ REDIS_URL: redisUrl })] as const] : [])] as const)(
  'the work queue on %s',
  (_name, extra) => {
    async function start(register: (work: WorkQueue) => void): Promise<INestApplicationContext> {
      const environment = { PHALANX_HOME: home, DATABASE_URL: postgres.ownerUrl, ...extra() };
      @Module({
        imports: [ConfigModule.forSlices([platformConfig], environment), CryptoModule, QuietModule, QueueModule.with({ takesJobs: true })],
      })
      class Root {
        constructor(work: WorkQueue) {
          register(work);
        }
      }
      return NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false });
    }

    it('wakes a handler with its payload, once per id while it waits, and again after a failure', async () => {
      const seen: WorkPayload[] = [];
      let failures = 1;
      const app = await start((work) => {
        work.handle('test.note', async (payload) => {
          if (payload['fail'] && failures-- > 0) throw new Error('not yet');
          seen.push(payload);
        });
      });
      try {
        const work = app.get(WorkQueue);
        await work.add('test.note', { n: 1 }, { delayMs: 300, onceAs: 'one' });
        await work.add('test.note', { n: 2 }, { delayMs: 300, onceAs: 'one' });
        await work.add('test.note', { n: 3, fail: 1 });
        await waitUntil('both jobs to be done', () => seen.length >= 2, { timeoutMs: 20_000 });
        expect(seen.map((payload) => payload['n']).sort()).toEqual([1, 3]);
      } finally {
        await app.close();
      }
    }, 40_000);

    it('runs periodic work for two processes once an interval', async () => {
      let runs = 0;
      const register = (work: WorkQueue) => work.every('test.tick', 500, async () => void runs++);
      const apps = [await start(register), await start(register)];
      try {
        const from = performance.now();
        await waitUntil('four runs', () => runs >= 4, { timeoutMs: 20_000 });
        // Two schedules would give four runs in about one second.
        expect(performance.now() - from).toBeGreaterThan(1_200);
      } finally {
        for (const app of apps) await app.close();
      }
    }, 40_000);
  },
);
