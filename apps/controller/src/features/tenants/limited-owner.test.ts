import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditView, TenantView } from '@phalanx/contracts';
import { silentLogger } from '@phalanx/kit';
import { type PostgresServer, RestClient, startPostgres } from '@phalanx/testing';
import pg from 'pg';
import { Roles } from '../../platform/roles.js';
import { prepare } from '../../prepare.js';
import { createServer } from '../../server.js';
import { makeFleet, PASSWORD } from '../../testing/fleet-fixture.js';

describe('on a database whose owner is no superuser', () => {
  let postgres: PostgresServer;
  let home: string;
  let environment: NodeJS.ProcessEnv;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'phalanx-limited-'));
    postgres = await startPostgres({ durable: false });
    const superuser = new pg.Client({ connectionString: postgres.ownerUrl });
    await superuser.connect();
    await superuser.query(`create role limited login createrole nosuperuser nobypassrls password 'limited'`);
    await superuser.query('create database limited owner limited');
    await superuser.end();
    const url = new URL(postgres.ownerUrl);
    Object.assign(url, { username: 'limited', password: 'limited', pathname: '/limited' });
    environment = { PHALANX_HOME: home, DATABASE_URL: url.toString(), PHALANX_ADMIN_PASSWORD: PASSWORD };
  }, 60_000);

  afterAll(async () => {
    await postgres?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it('the fence binds the owner too, and the functions that look over it still work', async () => {
    await prepare(environment, silentLogger);
    const app = await createServer({ roles: new Roles(['api']), environment, logger: silentLogger, consoleFolder: null });
    try {
      await app.listen(0, '127.0.0.1');
      const url = await app.getUrl();
      const admin = await RestClient.signIn(url, 'admin', PASSWORD);
      const [one] = [await makeFleet(admin, 'one'), await makeFleet(admin, 'two')];
      expect(await admin.all<TenantView>('/api/v1/tenants')).toHaveLength(2);
      const bindings = [{ role: 'auditor', tenantId: one.tenant.id }];
      await admin.post('/api/v1/operators', { username: 'auditor', displayName: 'Auditor', password: PASSWORD, bindings });
      const auditor = await RestClient.signIn(url, 'auditor', PASSWORD);
      const entries = await auditor.all<AuditView>('/api/v1/audit');
      expect(new Set(entries.map((entry) => entry.tenantId))).toEqual(new Set([one.tenant.id]));
      expect(await auditor.get('/api/v1/audit/verification')).toMatchObject({ ok: true, brokenAt: null });
    } finally {
      await app.close();
    }
  }, 60_000);
});
