import assert from 'node:assert/strict';
import { asOwner } from '../e2e/database.js';
import type { Say } from './scenario.js';
import type { TwoTenants } from './two-tenants.js';

interface Relation {
  readonly name: string;
  readonly isPartition: boolean;
}

/** Holds ids only, and is read by the controller's own loop, which works for all tenants. */
const FOR_ALL_TENANTS = ['changes'];

/** What SQL by the application's role sees of the running system, tenant by tenant. */
export async function checkSql({ fixture, a, b }: TwoTenants, say: Say): Promise<void> {
  await asOwner(fixture.stack.databaseUrl, async (client) => {
    const { rows: relations } = await client.query<Relation>(
      `select c.relname as name, c.relispartition as "isPartition" from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm')
          and exists (select 1 from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped)
        order by 1`,
    );
    const rowsOf = async (name: string, tenantId: string) =>
      (await client.query<{ n: number }>(`select count(*)::int as n from "${name}" where tenant_id = $1`, [tenantId])).rows[0]!.n;
    const filled = new Map<string, number>();
    for (const { name } of relations) filled.set(name, await rowsOf(name, b.tenantId));
    let hidden = 0;
    let closed = 0;
    let shown = 0;
    for (const { name, isPartition } of relations.filter((relation) => !FOR_ALL_TENANTS.includes(relation.name))) {
      await client.query('begin');
      await client.query('set local role phalanx_app');
      await client.query(`select set_config('app.tenants', $1, true)`, [`{${a.tenantId}}`]);
      try {
        assert.equal(await rowsOf(name, b.tenantId), 0, `${name} shows rows of another tenant`);
        assert.ok(!isPartition, `the partition ${name} can be read past its table`);
        shown += await rowsOf(name, a.tenantId);
        if (filled.get(name)! > 0) hidden++;
      } catch (error) {
        if (!/permission denied/.test(String(error))) throw error;
        closed++;
      }
      await client.query('rollback');
    }
    const partitions = relations.filter((relation) => relation.isPartition && filled.get(relation.name)! > 0).length;
    say(
      `${relations.length} relations: ${hidden} with rows of B hide them, ${closed} are closed (${partitions} filled partitions), ${shown} own rows are seen`,
    );
    assert.ok(hidden >= 12 && partitions >= 3 && shown > 20);
  });
}
