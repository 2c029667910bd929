import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { startController, type TestController } from '../../testing/start-controller.js';

const TABLES = [
  'tenants',
  'sites',
  'clusters',
  'appliances',
  'appliance_status',
  'applications',
  'policies',
  'policy_versions',
  'effective_policies',
  'operators',
  'role_bindings',
  'sessions',
  'api_tokens',
  'login_attempts',
  'audit_entries',
];

describe('the schema of the fleet', () => {
  let controller: TestController;
  let source: DataSource;

  beforeAll(async () => {
    controller = await startController();
    const { entityMetadatas } = controller.app.get(DataSource, { strict: false });
    // As the owner: the application's role doesn't see all constraints.
    source = new DataSource({
      type: 'postgres',
      url: controller.postgres.ownerUrl,
      entities: entityMetadatas.map((metadata) => metadata.target),
    });
    await source.initialize();
  }, 60_000);

  afterAll(async () => {
    if (source?.isInitialized) await source.destroy();
    await controller?.stop();
  });

  const differences = async () =>
    (await source.driver.createSchemaBuilder().log()).upQueries
      .map(({ query }) => query)
      .filter((query) => TABLES.some((table) => query.includes(`"${table}"`)));

  it('is what its entities say: a generated migration would be empty', async () => {
    expect(source.entityMetadatas.map((metadata) => metadata.tableName)).toEqual(expect.arrayContaining(TABLES));
    expect(await differences()).toEqual([]);
  });

  it('would show a difference', async () => {
    await source.query('alter table sites add column surprise text');
    await source.query('alter table clusters drop constraint clusters_site_id_name_key');
    expect(await differences()).toHaveLength(2);
  });
});
