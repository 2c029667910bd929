import { Injectable } from '@nestjs/common';
import { type blockCreateResultSchema, type blockCreateSchema, type blockReleaseSchema, BLOCKS_MAX } from '@phalanx/contracts';
import type { z } from 'zod';
import { Database } from '../../platform/db/database.js';
import { ClusterService, TenantService } from '../tenants/index.js';
import { BlockAnnouncer } from './block-announcer.js';
import { type BlockPlace, BlockRows } from './block-rows.repository.js';
import { blockNotFound, clusterOfOther, stillBlocked, tooManyAtOnce, tooManyBlocks, tooManyReleases } from './blocks.errors.js';
import { ReleaseRows } from './release-rows.repository.js';

type Create = z.output<typeof blockCreateSchema>;
type Created = z.output<typeof blockCreateResultSchema>;
type Release = z.output<typeof blockReleaseSchema>;

/** The ids of one answer. */
const MOST_AT_ONCE = 50_000;
const MOST_RELEASES = 10_000;

/** Changes what the fleet refuses. In the transaction of the caller; each change holds its tenant's list until that ends. */
@Injectable()
export class BlockWriter {
  constructor(
    private readonly database: Database,
    private readonly rows: BlockRows,
    private readonly releases: ReleaseRows,
    private readonly clusters: ClusterService,
    private readonly tenants: TenantService,
    private readonly announcer: BlockAnnouncer,
  ) {}

  async create({ addresses, reason, expiresInSeconds, ...wish }: Create): Promise<Created> {
    const places = await this.placesOf(wish);
    const distinct = [...new Set(addresses)];
    if (places.length * distinct.length > MOST_AT_ONCE) throw tooManyAtOnce(MOST_AT_ONCE);
    const createdBy = this.announcer.author();
    const expiresAt = expiresInSeconds === null ? null : new Date(Date.now() + expiresInSeconds * 1000);
    const result = { created: 0, updated: 0, ids: [] as string[], boxes: 0 };
    for (const place of places) {
      const serial = await this.rows.nextSerial(place.tenantId);
      await this.releases.removeWithin(place.tenantId, distinct);
      const written = await this.rows.add({ ...place, addresses: distinct, reason, createdBy, expiresAt, serial });
      if ((await this.rows.count(place.tenantId)) > BLOCKS_MAX) throw tooManyBlocks();
      const ids = written.map(({ id }) => id);
      const created = written.filter((row) => row.created).length;
      result.created += created;
      result.updated += written.length - created;
      result.ids.push(...ids);
      const details = { addresses: distinct.slice(0, 100), count: distinct.length, reason, expiresAt, clusterId: place.clusterId };
      await this.announcer.record('block.create', place.tenantId, subjectOf(place), details);
      result.boxes += await this.announcer.changed(place, ids);
    }
    return result;
  }

  async remove(id: string): Promise<void> {
    const tenantId = await this.rows.tenantOf(id);
    if (!tenantId) throw blockNotFound();
    await this.rows.nextSerial(tenantId);
    const removed = await this.rows.remove(id);
    if (!removed) throw blockNotFound();
    await this.announcer.changed(removed, [id]);
    await this.announcer.record('block.remove', removed.tenantId, `block:${id}`, {
      address: removed.address,
      clusterId: removed.clusterId,
    });
  }

  /** Throws `conflict` where a blocked network holds more than the address. */
  async release({ tenantId, address, reason, forSeconds }: Release): Promise<void> {
    await this.tenants.get(tenantId);
    await this.rows.nextSerial(tenantId);
    const holder = await this.rows.holderOf(tenantId, address);
    if (holder) throw stillBlocked(holder);
    const removed = await this.rows.removeWithin(tenantId, address);
    const expiresAt = new Date(Date.now() + forSeconds * 1000);
    await this.releases.add({ tenantId, address, reason, createdBy: this.announcer.author(), expiresAt });
    if ((await this.releases.count(tenantId)) > MOST_RELEASES) throw tooManyReleases(MOST_RELEASES);
    await this.announcer.record('block.release', tenantId, `tenant:${tenantId}`, { address, reason, expiresAt, removed });
    await this.announcer.changed({ tenantId, clusterId: null }, []);
  }

  /** Drops what has expired, of one tenant, at once: boxes have let go of it by themselves, so they are told no sooner than the next turn. */
  async dropExpired(tenantId: string): Promise<void> {
    if (!(await this.rows.hasExpired())) return;
    await this.rows.nextSerial(tenantId);
    await this.rows.removeExpired();
    await this.releases.removeExpired();
    await this.announcer.changed({ tenantId, clusterId: null }, []);
  }

  private async placesOf({ tenantId, clusterId }: Pick<Create, 'tenantId' | 'clusterId'>): Promise<BlockPlace[]> {
    if (clusterId !== null) {
      const cluster = await this.clusters.get(clusterId);
      if (tenantId !== null && tenantId !== cluster.tenantId) throw clusterOfOther();
      return [{ tenantId: cluster.tenantId, clusterId }];
    }
    if (tenantId !== null) return [{ tenantId: (await this.tenants.get(tenantId)).id, clusterId: null }];
    // One order for everybody, so that two who block everywhere can't wait for each other.
    return this.database
      .scope()
      .tenantIds.toSorted()
      .map((id) => ({ tenantId: id, clusterId: null }));
  }
}

function subjectOf({ tenantId, clusterId }: BlockPlace): string {
  return clusterId === null ? `tenant:${tenantId}` : `cluster:${clusterId}`;
}
