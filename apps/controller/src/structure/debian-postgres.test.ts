import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { RestClient, startPostgres } from '@phalanx/testing';
import { seedTwoTenants } from '../testing/seed-two-tenants.js';
import { startController } from '../testing/start-controller.js';

const PROGRAMS = '/usr/lib/postgresql/15/bin';
const isThere = existsSync(`${PROGRAMS}/postgres`);
if (!isThere) console.log('skipped: the program on Debian’s PostgreSQL 15, because postgresql-15 is not installed');

describe('a PostgreSQL of the user’s own', () => {
  (isThere ? it : it.skip)(
    'may be Debian’s version 15: schema, queue and API work on it',
    async () => {
      const controller = await startController({
        postgres: await startPostgres({ durable: false, programs: PROGRAMS }),
        roles: ['api', 'worker'],
      });
      try {
        const [{ version }] = await controller.app
          .get((await import('typeorm')).DataSource, { strict: false })
          .query<[{ version: string }]>('select version()');
        expect(version).toMatch(/^PostgreSQL 15/);
        const api = await RestClient.signIn(controller.url, 'admin', 'correct horse battery');
        const seed = await seedTwoTenants(api);
        expect((await api.send('GET', `/api/v1/applications/${seed.a.ids.application}`)).status).toBe(200);
      } finally {
        await controller.stop();
      }
    },
    60_000,
  );
});
