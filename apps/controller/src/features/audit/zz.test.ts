import { expect, it } from '@jest/globals';
import { startPostgres } from '@phalanx/testing';
import { DataSource } from 'typeorm';
import { tenantsMigrations } from '../tenants/index.js';
import { appliancesMigrations } from '../appliances/index.js';
import { applicationsMigrations } from '../applications/index.js';
import { policiesMigrations } from '../policies/index.js';
import { accessMigrations } from '../access/index.js';
import { auditMigrations } from './index.js';
it('migrates', async () => {
  const pg = await startPostgres({ durable: false });
  try {
    const s = new DataSource({ type: 'postgres', url: pg.ownerUrl, migrationsTransactionMode: 'each', migrations: [...tenantsMigrations, ...appliancesMigrations, ...applicationsMigrations, ...policiesMigrations, ...accessMigrations, ...auditMigrations] });
    await s.initialize();
    await s.query('create role phalanx_app login');
    await s.runMigrations();
    await s.query(`insert into audit_entries (actor, action, subject, outcome, details) values ('a','b','c"\u001f\u2028é','done','{}'), ('a','b','c','done','{"x":1}')`);
    console.log(await s.query('select * from audit_entries'), await s.query('select * from audit_verification()'), await s.query('select * from all_tenant_ids()'));
    await s.query(`delete from audit_entries where sequence = 2`);
    console.log(await s.query('select * from audit_verification()'));
    await s.query(`update audit_entries set actor='x' where sequence = 1`);
    console.log(await s.query('select * from audit_verification()'));
    for (let i = 0; i < 6; i++) await s.undoLastMigration();
    await s.destroy();
    expect(1).toBe(1);
  } finally { await pg.stop(); }
});
