import { checkContent } from './content-walls.js';
import { checkLists, checkMemory, checkRoutes } from './rest-walls.js';
import type { Scenario } from './scenario.js';
import { checkSql } from './sql-walls.js';
import { checkDeliveries, checkForgeries } from './topic-walls.js';
import { openTwoTenants, type TwoTenants } from './two-tenants.js';

/** Tenant A's rights against B's ids, at every door: refused, as for what doesn't exist. */
export const tenantWalls: Scenario<TwoTenants> = {
  number: 16,
  title: 'tenant walls',
  notThereYet: [
    'webhooks, exports and shells (the product has none of them yet)',
    'firmware artifacts (packs, policies and metadata are checked)',
  ],
  open: (say) => {
    say('  two tenants with a box each');
    return openTwoTenants();
  },
  steps: [
    { title: 'every route answers another tenant’s ids as missing ones', run: checkRoutes, timeoutMs: 180_000 },
    { title: 'lists, sums and foreign cursors show nothing of another tenant', run: checkLists },
    { title: 'the live stream and idempotency keys tell nothing of another tenant', run: checkMemory },
    { title: 'SQL for one tenant sees no row of another, in any table, partition or rollup', run: checkSql },
    {
      title: 'a box’s certificate hears nothing of another box, whatever it subscribes to',
      run: async (world, say) => {
        // The agent and the stranger would push each other off the broker.
        await world.a.box.box.agent.stop();
        await checkDeliveries(world, say);
      },
      timeoutMs: 120_000,
    },
    { title: 'it writes nothing in another’s name, retained or by a last will either', run: checkForgeries },
    { title: 'another box’s chunks, metadata and secrets are as missing', run: checkContent },
  ],
  close: ({ fixture }) => fixture.stop(),
};
