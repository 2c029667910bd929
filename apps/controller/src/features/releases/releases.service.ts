import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { ChunkManifest, ReleaseReference } from '@phalanx/contracts';
import { type Logger, messageOf } from '@phalanx/kit';
import { Database } from '../../platform/db/database.js';
import { PROVIDER_ONLY, scopeOfTenant, type TenantScope } from '../../platform/db/tenant-scope.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { WorkQueue } from '../../platform/queue/work-queue.js';
import { type Chunk, ChunkRows } from './chunks.repository.js';
import { type NewTarget, RepositoryPublisher } from './repository-publisher.js';
import type { RepositoryOwner } from './owner.repository.js';
import { RepositoryRows } from './repository-rows.repository.js';

const RENEWAL_INTERVAL_MS = 900_000;

const scopeOf = (owner: RepositoryOwner): TenantScope => (owner === null ? PROVIDER_ONLY : scopeOfTenant(owner));

/** The door to signed repositories for other features. */
@Injectable()
export class ReleasesService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly publisher: RepositoryPublisher,
    private readonly rows: RepositoryRows,
    private readonly chunks: ChunkRows,
    private readonly work: WorkQueue,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.work.every('releases.renew', RENEWAL_INTERVAL_MS, () => this.renewAll());
  }

  /** Publishes releases of a tenant, in the transaction of the caller, which then holds the repository's lock until it ends. */
  publish(tenantId: string, added: readonly NewTarget[], retired: readonly string[] = []): Promise<ReleaseReference[]> {
    return this.publisher.publish(tenantId, added, retired);
  }

  /** Listed paths of the form `<folder>/<subject>/…` of these subjects, in the transaction of the caller. */
  listedPaths(tenantId: string, folder: string, subjects: readonly string[]): Promise<string[]> {
    return this.rows.pathsOf(tenantId, folder, subjects);
  }

  /** Subjects of which any path of the form `<folder>/<subject>/…` is listed, in the transaction of the caller. */
  listedSubjects(tenantId: string, folder: string): Promise<string[]> {
    return this.rows.subjectsOf(tenantId, folder);
  }

  /** Roots (JSON texts) that a box of this tenant pins. Makes repositories that are missing. Opens its own transactions. */
  async trustedRoots(tenantId: string): Promise<{ provider: string; tenant: string }> {
    return { provider: await this.root(null), tenant: await this.root(tenantId) };
  }

  /** Publishes all lists of the provider's and the tenant's repository with higher versions: after a restored backup. */
  async raiseVersions(tenantId: string): Promise<void> {
    for (const owner of [null, tenantId]) await this.database.run(scopeOf(owner), () => this.publisher.raise(owner));
  }

  /** One metadata file in the transaction of the caller, or null. */
  metadata(owner: RepositoryOwner, name: string): Promise<Buffer | null> {
    return this.rows.metadata(owner, name);
  }

  /** One chunk in the transaction of the caller, or null. */
  chunk(owner: RepositoryOwner, sha256: string, index: number): Promise<Chunk | null> {
    return this.chunks.chunk(owner, sha256, index);
  }

  /** The chunk digests of a blob in the transaction of the caller, or null. */
  manifest(owner: RepositoryOwner, sha256: string): Promise<ChunkManifest | null> {
    return this.chunks.manifest(owner, sha256);
  }

  /** Makes missing repositories and renews what is past half of its life. One owner's trouble doesn't stop the others. */
  async renewAll(): Promise<void> {
    for (const owner of [null, ...(await this.database.allTenantIds())]) {
      try {
        await this.database.run(scopeOf(owner), () => this.publisher.renew(owner));
      } catch (error) {
        this.logger.error('a repository could not be renewed', { tenantId: owner, error: messageOf(error) });
      }
    }
  }

  private root(owner: RepositoryOwner): Promise<string> {
    return this.database.run(scopeOf(owner), () => this.publisher.root(owner));
  }
}
