import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { sleep } from '@phalanx/kit';
import { waitUntil } from '@phalanx/testing';
import { DataSource } from 'typeorm';
import { startController, type TestController } from '../../testing/start-controller.js';
import { Database } from '../db/database.js';
import { PROVIDER_ONLY } from '../db/tenant-scope.js';
import { OutboxRepository } from './outbox.repository.js';

const LEASE_MS = 30_000;

describe('the outbox', () => {
  let controller: TestController;
  let rows: OutboxRepository;
  let database: Database;

  beforeAll(async () => {
    controller = await startController();
    rows = controller.app.get(OutboxRepository, { strict: false });
    database = controller.app.get(Database, { strict: false });
  }, 60_000);

  afterAll(async () => controller?.stop());

  const add = (topic: string, tenantId: string, payload: object) => database.run(PROVIDER_ONLY, () => rows.add(topic, tenantId, [payload]));

  it('folds equal changes while they wait, and keeps one that comes while an equal one is worked on', async () => {
    const tenantId = randomUUID();
    await add('test.fold', tenantId, { id: 1 });
    await add('test.fold', tenantId, { id: 1 });
    const first = await rows.claim('test.fold', 10, LEASE_MS);
    expect(first.map((row) => row.payload)).toEqual([{ id: 1 }]);
    await add('test.fold', tenantId, { id: 1 });
    await rows.remove(first.map((row) => row.id));
    expect((await rows.claim('test.fold', 10, LEASE_MS)).map((row) => row.payload)).toEqual([{ id: 1 }]);
  });

  it('never lets a change be worked on before it is committed, also when an equal one waits already', async () => {
    const tenantId = randomUUID();
    await add('test.race', tenantId, { id: 1 });
    let claimedEarly = -1;
    await database.run(PROVIDER_ONLY, async () => {
      await rows.add('test.race', tenantId, [{ id: 1 }]);
      // Were the waiting row claimed now, our change would leave no trace.
      claimedEarly = (await rows.claim('test.race', 10, LEASE_MS)).length;
    });
    expect(claimedEarly).toBe(0);
    expect(await rows.claim('test.race', 10, LEASE_MS)).toHaveLength(1);
  });

  it('gives a claim whose holder died to the next', async () => {
    await add('test.lease', randomUUID(), { id: 1 });
    expect(await rows.claim('test.lease', 10, 100)).toHaveLength(1);
    expect(await rows.claim('test.lease', 10, 100)).toHaveLength(0);
    await sleep(100);
    await waitUntil('the lease to end', async () => (await rows.claim('test.lease', 10, LEASE_MS)).length === 1);
  });

  it('forgets what rolls back', async () => {
    await expect(
      database.run(PROVIDER_ONLY, async () => {
        await rows.add('test.rollback', randomUUID(), [{ id: 1 }]);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    const [row] = await controller.app
      .get(DataSource, { strict: false })
      .query<{ n: number }[]>(`select count(*)::int as n from changes where topic = 'test.rollback'`);
    expect(row?.n).toBe(0);
  });
});
