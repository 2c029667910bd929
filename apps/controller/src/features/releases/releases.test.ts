import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CHUNK_BYTES } from '@phalanx/contracts';
import { nodeDisk, sha256Hex } from '@phalanx/kit';
import { RestClient } from '@phalanx/testing';
import { TufClient } from '@phalanx/trust';
import { DataSource } from 'typeorm';
import { Database } from '../../platform/db/database.js';
import { PROVIDER_ONLY, scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { seedTwoTenants, type Seed } from '../../testing/seed-two-tenants.js';
import { startController, type TestController } from '../../testing/start-controller.js';
import { ReleasesService } from './releases.service.js';
import { RepositoryPublisher } from './repository-publisher.js';

let controller: TestController;
let seed: Seed;
let database: Database;
let releases: ReleasesService;
let folder: string;

beforeAll(async () => {
  controller = await startController();
  seed = await seedTwoTenants(await RestClient.signIn(controller.url, 'admin', 'correct horse battery'));
  database = controller.app.get(Database, { strict: false });
  releases = controller.app.get(ReleasesService, { strict: false });
}, 120_000);
afterAll(() => controller?.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'releases-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const a = () => seed.a.tenantId;
const publish = (tenantId: string, path: string, text: string, retired: string[] = []) =>
  database.run(scopeOfTenant(tenantId), () => releases.publish(tenantId, [{ path, version: '1', bytes: Buffer.from(text) }], retired));

/** A box of the tenant, reading what its repository holds now. */
async function boxOf(tenantId: string): Promise<TufClient> {
  const { tenant } = await releases.trustedRoots(tenantId);
  const source = (name: string) => database.run(scopeOfTenant(tenantId), () => releases.metadata(tenantId, name));
  return new TufClient({ folder, disk: nodeDisk, pinnedRoot: tenant, source });
}

async function owner<T>(work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = await new DataSource({ type: 'postgres', url: controller.postgres.ownerUrl }).initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}

describe('a tenant’s repository', () => {
  it('lists what was published, with its length and digest, until it is retired', async () => {
    const [reference] = await publish(a(), 'policy/x/1.json', 'first');
    expect(reference).toEqual({ repository: 'tenant', path: 'policy/x/1.json', version: '1', length: 5, sha256: sha256Hex('first') });
    const box = await boxOf(a());
    expect(await box.target('policy/x/1.json')).toEqual({ length: 5, sha256: sha256Hex('first') });
    await publish(a(), 'policy/x/2.json', 'second', ['policy/x/1.json']);
    expect(await box.target('policy/x/1.json')).toBeNull();
    expect(await box.target('policy/x/2.json')).not.toBeNull();
  });

  it('takes publications that come at once, one after another', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, index) => publish(a(), `policy/p${index}/1.json`, `text ${index}`)));
    const box = await boxOf(a());
    for (let index = 0; index < 8; index++)
      expect(await box.target(`policy/p${index}/1.json`)).toEqual({ length: 6, sha256: sha256Hex(`text ${index}`) });
  });

  it('is another’s to no one: metadata and chunks of one tenant don’t show to the next', async () => {
    await publish(a(), 'policy/secret/1.json', 'only of a');
    const b = seed.b.tenantId;
    const seen = await database.run(scopeOfTenant(b), async () => [
      await releases.metadata(a(), 'timestamp.json'),
      await releases.chunk(a(), sha256Hex('only of a'), 0),
      await releases.manifest(a(), sha256Hex('only of a')),
    ]);
    expect(seen).toEqual([null, null, null]);
  });

  it('stays readable after a database restored from a backup was published to again', async () => {
    const tables = ['tuf_metadata', 'tuf_lists', 'tuf_targets', 'tuf_repositories'];
    await publish(a(), 'policy/y/1.json', 'before');
    await owner(async (source) => {
      for (const table of tables) await source.query(`create table backup_${table} as select * from ${table}`);
    });
    const box = await boxOf(a());
    await publish(a(), 'policy/y/2.json', 'lost with the backup');
    await box.target('policy/y/2.json');
    await owner(async (source) => {
      for (const table of tables) await source.query(`delete from ${table}`);
      for (const table of tables.toReversed()) await source.query(`insert into ${table} select * from backup_${table}`);
    });
    // What the box has seen is newer than all that is left.
    await releases.raiseVersions(a());
    expect(await box.target('policy/y/1.json')).toEqual({ length: 6, sha256: sha256Hex('before') });
  });

  it('is renewed before it ends to hold, and only then', async () => {
    const versions = () =>
      owner((source) =>
        source.query<{ name: string; version: number }[]>(`select name, version from tuf_metadata order by name, tenant_id`),
      );
    await releases.renewAll();
    const before = await versions();
    await releases.renewAll();
    expect(await versions()).toEqual(before);
    await owner((source) =>
      source.query(`update tuf_repositories set timestamp_expires_at = now() + interval '1 hour' where tenant_id = $1`, [a()]),
    );
    await releases.renewAll();
    expect(await versions()).not.toEqual(before);
  });
});

describe('what is stored', () => {
  it('holds no private key that could be read', async () => {
    const rows = await owner((source) =>
      source.query<{ text: string }[]>(
        `select encode(keys, 'escape') as text from tuf_repositories union all select encode(private_key, 'escape') from state_keys`,
      ),
    );
    expect(rows.length).toBeGreaterThanOrEqual(3);
    for (const { text } of rows) expect(text).not.toMatch(/PRIVATE|BEGIN|MC4CAQ/);
  });

  it('is cut into chunks that make up the whole again', async () => {
    const blob = Buffer.alloc(2 * CHUNK_BYTES + 5, 'x');
    const publisher = controller.app.get(RepositoryPublisher, { strict: false });
    const [reference] = await database.run(PROVIDER_ONLY, () => publisher.publish(null, [{ path: 'big', version: '1', bytes: blob }]));
    const { sha256 } = reference!;
    const pieces = await database.run(scopeOfTenant(a()), async () => {
      const manifest = await releases.manifest(null, sha256);
      expect(manifest).toMatchObject({ sha256, length: blob.length, chunkBytes: CHUNK_BYTES });
      const found = [];
      for (const [index, digest] of manifest!.chunks.entries()) found.push({ digest, chunk: await releases.chunk(null, sha256, index) });
      return found;
    });
    expect(Buffer.concat(pieces.map(({ chunk }) => chunk!.body)).equals(blob)).toBe(true);
    for (const { digest, chunk } of pieces) expect(sha256Hex(chunk!.body)).toBe(digest);
  });

  it('is forgotten an hour after no target names it any more', async () => {
    await publish(a(), 'policy/z/1.json', 'forgettable');
    await publish(a(), 'policy/z/2.json', 'kept', ['policy/z/1.json']);
    await owner((source) => source.query(`update content_chunks set created_at = now() - interval '2 hours'`));
    await releases.renewAll();
    const [gone, kept] = await database.run(scopeOfTenant(a()), async () => [
      await releases.chunk(a(), sha256Hex('forgettable'), 0),
      await releases.chunk(a(), sha256Hex('kept'), 0),
    ]);
    expect([gone, kept?.body.toString()]).toEqual([null, 'kept']);
  });
});
