import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuditView, auditVerificationSchema, type OperatorView } from '@phalanx/contracts';
import { canonicalJson, sha256Hex } from '@phalanx/kit';
import { RestClient } from '@phalanx/testing';
import type pg from 'pg';
import type { z } from 'zod';
import { connectAsApplication, connectAsOwner, makeFleet, outcomeOf, PASSWORD, type TestFleet } from '../../testing/fleet-fixture.js';
import { startController, type TestController } from '../../testing/start-controller.js';

type Verification = z.output<typeof auditVerificationSchema>;

describe('the audit trail', () => {
  let controller: TestController;
  let admin: RestClient;
  let owner: pg.Client;
  let a: TestFleet;
  let b: TestFleet;

  beforeAll(async () => {
    controller = await startController();
    admin = await RestClient.signIn(controller.url, 'admin', PASSWORD);
    owner = await connectAsOwner(controller);
    a = await makeFleet(admin, 'alpha');
    b = await makeFleet(admin, 'beta');
  }, 60_000);

  afterAll(async () => {
    await owner?.end();
    await controller?.stop();
  });

  const verify = (api = admin) => api.get<Verification>('/api/v1/audit/verification');
  const auditor = async (tenantId: string) => {
    const username = `auditor-${tenantId.slice(0, 8)}`;
    const bindings = [{ role: 'auditor', tenantId }];
    await admin.post<OperatorView>('/api/v1/operators', { username, displayName: 'Auditor', password: PASSWORD, bindings });
    return RestClient.signIn(controller.url, username, PASSWORD);
  };

  it('is a chain that a reader can recompute from what the API shows', async () => {
    const newestFirst = await admin.all<AuditView>('/api/v1/audit');
    let previous = '0'.repeat(64);
    for (const { hash, ...entry } of newestFirst.reverse()) {
      expect([entry.sequence, sha256Hex(`${previous}\n${canonicalJson(entry)}`)]).toEqual([entry.sequence, hash]);
      previous = hash;
    }
    expect(newestFirst.map((entry) => entry.sequence)).toEqual(newestFirst.map((_, index) => index + 1));
    expect(await verify()).toEqual({ entries: newestFirst.length, ok: true, brokenAt: null, head: previous });
  });

  it('shows a tenant’s auditor that tenant’s entries, and verifies all', async () => {
    const reader = await auditor(a.tenant.id);
    const entries = await reader.all<AuditView>('/api/v1/audit');
    expect(new Set(entries.map((entry) => entry.tenantId))).toEqual(new Set([a.tenant.id]));
    expect(await reader.all(`/api/v1/audit?tenantId=${b.tenant.id}`)).toEqual([]);
    const whole = await verify();
    expect(whole.entries).toBeGreaterThan(entries.length);
    expect(await verify(reader)).toEqual(whole);
  });

  it('filters by action', async () => {
    const entries = await admin.all<AuditView>('/api/v1/audit?action=site.create');
    expect(entries.map((entry) => entry.tenantId).sort()).toEqual([a.tenant.id, b.tenant.id].sort());
    expect(entries[0]).toMatchObject({ actor: 'operator:admin', outcome: 'done', subject: expect.stringMatching(/^site:/) });
  });

  it('holds one unbroken order for changes made at once', async () => {
    const before = await verify();
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        admin.post('/api/v1/sites', { tenantId: (n % 2 ? a : b).tenant.id, name: `site ${n}`, timeZone: 'UTC' }),
      ),
    );
    expect(await verify()).toMatchObject({ entries: before.entries + 30, ok: true });
  });

  it('tells nothing of a change that did not happen', async () => {
    const before = await verify();
    const again = { tenantId: a.tenant.id, name: a.site.name, timeZone: 'UTC' };
    expect(outcomeOf(await admin.send('POST', '/api/v1/sites', again))).toEqual([409, 'tenants.site-name-taken']);
    expect(await verify()).toEqual(before);
  });

  it('can’t be changed, cut or forged by the application’s role', async () => {
    const app = await connectAsApplication(controller);
    try {
      await app.query(`select set_config('app.tenants', $1, false), set_config('app.provider', 'on', false)`, [`{${a.tenant.id}}`]);
      for (const sql of [
        `update audit_entries set actor = 'operator:somebody-else'`,
        'delete from audit_entries',
        'truncate audit_entries',
        `insert into audit_entries (sequence, hash, actor, action, subject, outcome, details) values (1, 'x', 'a', 'b', 'c', 'done', '{}')`,
        'update audit_head set sequence = 0',
        `select audit_seal()`,
      ])
        await expect(app.query(sql)).rejects.toThrow(/permission denied/);
    } finally {
      await app.end();
    }
  });

  it.each([
    ['an edited entry', `update audit_entries set actor = 'operator:innocent' where sequence = 4`, 4],
    ['an entry whose details were edited', `update audit_entries set details = '{}' where sequence = 5`, 5],
    ['an entry moved to another tenant', `update audit_entries set tenant_id = null where sequence = 6`, 6],
    ['a removed entry', 'delete from audit_entries where sequence = 7', 7],
    ['an edited entry with its hash made to fit', `update audit_entries e set hash = audit_hash('x', e) where sequence = 8`, 8],
    ['a cut-off tail', 'delete from audit_entries where sequence >= 20', 20],
  ])('names the place of %s', async (_, tampering, place) => {
    await owner.query('create table kept as select * from audit_entries');
    try {
      expect(await verify()).toMatchObject({ ok: true });
      await owner.query(tampering);
      expect(await verify()).toMatchObject({ ok: false, brokenAt: place });
    } finally {
      await owner.query('delete from audit_entries');
      await owner.query('alter table audit_entries disable trigger audit_seal');
      await owner.query('insert into audit_entries select * from kept');
      await owner.query('alter table audit_entries enable trigger audit_seal');
      await owner.query('drop table kept');
    }
  });
});
