import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sleep } from '@phalanx/kit';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { type IngressFixture, startIngressFixture } from '../../testing/ingress-fixture.js';
import { sampleAttack, sampleBatch } from '../../testing/sample-events.js';
import { readBatch } from './event-batch.js';

const DAY_MS = 86_400_000;
let fixture: IngressFixture;
beforeAll(async () => {
  fixture = await startIngressFixture();
}, 60_000);
afterAll(() => fixture.stop());

async function store(box: { tenantId: string; applianceId: string }, events: unknown[], receivedAt = new Date()): Promise<string> {
  const stream = randomUUID();
  const batch = readBatch(Buffer.from(sampleBatch(stream, 0, events)));
  await fixture.ingest.take({ ...box, stream, receivedAt }, batch);
  return stream;
}

async function partitionsOf(parent: string): Promise<string[]> {
  const rows = await fixture.owner.query<{ name: string }[]>(
    'select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass order by 1',
    [parent],
  );
  return rows.map((row) => row.name);
}

describe('isolation of stored events', () => {
  it('shows a tenant no row of another in any table, also in partitions that were made at run time', async () => {
    const [own, , other] = fixture.boxes;
    const old = new Date(Date.now() - 6 * DAY_MS).toISOString();
    for (const box of [own, other]) await store(box, [sampleAttack(), sampleAttack({ time: old, bootId: 'x' }), { kind: 'nonsense' }]);
    for (const table of ['events', 'event_rollups', 'event_ledger', 'dead_letters']) {
      const tenants = await fixture.database.run(scopeOfTenant(own.tenantId), (em) =>
        em.query<{ tenant_id: string }[]>(`select distinct tenant_id from ${table}`),
      );
      expect([table, tenants]).toEqual([table, [{ tenant_id: own.tenantId }]]);
    }
    const made = await partitionsOf('events');
    expect(made.length).toBeGreaterThanOrEqual(2);
    for (const name of made) {
      const [fence] = await fixture.owner.query<{ on: boolean; forced: boolean; granted: boolean }[]>(
        `select relrowsecurity as on, relforcerowsecurity as forced, has_table_privilege('phalanx_app', oid, 'select, insert') as granted
           from pg_class where oid = $1::regclass`,
        [name],
      );
      expect([name, fence]).toEqual([name, { on: true, forced: true, granted: false }]);
      await expect(fixture.database.run(scopeOfTenant(own.tenantId), (em) => em.query(`select * from ${name}`))).rejects.toThrow(
        /permission denied/,
      );
    }
  });

  it('lets nobody write an event for another tenant', async () => {
    const [own, , other] = fixture.boxes;
    const forged = fixture.database.run(scopeOfTenant(own.tenantId), (em) =>
      em.query(`insert into event_ledger (tenant_id, appliance_id, stream, next) values ($1, $2, gen_random_uuid(), 0)`, [
        other.tenantId,
        other.applianceId,
      ]),
    );
    await expect(forged).rejects.toThrow(/row-level security/);
  });

  it('drops partitions that are past their time and none that is younger', async () => {
    await fixture.partitions.ensure('events', [Date.now() - 60 * DAY_MS, Date.now() - 20 * DAY_MS]);
    const before = await partitionsOf('events');
    await fixture.partitions.keep(new Date());
    const after = await partitionsOf('events');
    expect(before.filter((name) => !after.includes(name))).toHaveLength(1);
    // Two days ahead are there.
    expect(after).toContain(`events_${new Date(Date.now() + 2 * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')}`);
  });

  it('makes partitions only for registered tables and plausible days', async () => {
    const call = (parent: string, at: string) =>
      fixture.app.query<{ name: string }[]>('select ensure_partition($1, $2::timestamptz) as name', [parent, at]);
    await expect(call('tenants', 'now')).rejects.toThrow(/no partition plan/);
    await expect(call('events', '1970-01-01')).rejects.toThrow(/no partition is made/);
    await expect(call('events', '2099-01-01')).rejects.toThrow(/no partition is made/);
  });

  it('stores a batch although its partition vanished after it was known to be there', async () => {
    const day = Date.now() - 3 * DAY_MS;
    await fixture.partitions.ensure('events', [day]);
    await fixture.owner.query(`drop table events_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`);
    const stream = await store(fixture.boxes[0], [sampleAttack({ time: new Date(day).toISOString(), bootId: 'x' })]);
    expect(await fixture.owner.query('select 1 from events where stream = $1', [stream])).toHaveLength(1);
  });
});

describe('a crash between commit and acknowledgement', () => {
  it('loses and doubles nothing wherever PostgreSQL is killed', async () => {
    const box = fixture.boxes[1];
    const stream = randomUUID();
    const events = Array.from({ length: 30 }, () => sampleAttack());
    let first = 0;
    let kills = 0;
    // The box's side of the protocol: send from the place it was told; on no answer, the same again.
    for (let attempts = 0; first < events.length && attempts < 200; attempts++) {
      const batch = readBatch(Buffer.from(sampleBatch(stream, first, events.slice(first, first + 3))));
      const taken = fixture.ingest.take({ ...box, stream, receivedAt: new Date() }, batch).then(
        (place) => place,
        () => null,
      );
      if (kills < 12) {
        kills++;
        await sleep(kills % 6);
        // Ends the backends of the application at some moment of the transaction.
        await fixture.owner.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'phalanx_app'`);
      }
      first = (await taken) ?? first;
    }
    const rows = await fixture.owner.query<{ request_id: string }[]>('select request_id from events where stream = $1 order by position', [
      stream,
    ]);
    expect(rows.map((row) => row.request_id)).toEqual(events.map((event) => event.requestId));
    expect(kills).toBe(12);
  });
});
