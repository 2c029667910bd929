import { Inject, Injectable } from '@nestjs/common';
import type { ContentRequest } from '@phalanx/contracts';
import { sha256Hex } from '@phalanx/kit';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { DesiredStateService } from '../desired-state/index.js';
import { ReleasesService, type RepositoryOwner } from '../releases/index.js';
import { ByteCache, type CachedPiece } from './byte-cache.js';
import { contentConfig } from './content.config.js';
import { JoinedReads } from './joined-reads.js';

/** Which box asks, as the topic says. */
export interface ContentAsker {
  readonly tenantId: string;
  readonly applianceId: string;
}

type ChunkRequest = Extract<ContentRequest, { kind: 'chunk' | 'manifest' }>;
type MetadataRequest = Extract<ContentRequest, { kind: 'metadata' }>;

/** A file that is replaced under its name can't be kept. */
const MUTABLE_METADATA = 'timestamp.json';
/** For so long a box may go on fetching what its desired state named. */
const GRANT_MS = 30_000;
const MAX_GRANTS = 20_000;

/** Finds what a box asks for. What isn't there and what isn't the box's to have both come out as null. */
@Injectable()
export class ContentService {
  private readonly cache: ByteCache;
  private readonly reads = new JoinedReads<CachedPiece | null>();
  private readonly grants = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly releases: ReleasesService,
    private readonly desired: DesiredStateService,
    @Inject(contentConfig.token) config: ConfigOf<typeof contentConfig>,
  ) {
    this.cache = new ByteCache(config.PHALANX_CONTENT_CACHE_BYTES);
  }

  find(asker: ContentAsker, request: ContentRequest): Promise<CachedPiece | null> {
    return request.kind === 'metadata' ? this.findMetadata(asker, request) : this.findPiece(asker, request);
  }

  private async findMetadata({ tenantId }: ContentAsker, { repository, name }: MetadataRequest): Promise<CachedPiece | null> {
    const owner = repository === 'provider' ? null : tenantId;
    const key = `metadata ${owner} ${name}`;
    const cached = this.cache.get(key);
    if (cached) return cached;
    return this.reads.read(key, async () => {
      const body = await this.database.run(scopeOfTenant(tenantId), () => this.releases.metadata(owner, name));
      if (!body) return null;
      const piece = { sha256: sha256Hex(body), body };
      if (name !== MUTABLE_METADATA) this.cache.set(key, piece);
      return piece;
    });
  }

  private async findPiece(asker: ContentAsker, request: ChunkRequest): Promise<CachedPiece | null> {
    const { tenantId, applianceId } = asker;
    if (this.isGranted(applianceId, request.sha256)) {
      const cached = this.cached(tenantId, request) ?? this.cached(null, request);
      if (cached) return cached;
    }
    return this.database.run(scopeOfTenant(tenantId), async () => {
      if (!(await this.desired.names(applianceId, request.sha256))) return null;
      this.grant(applianceId, request.sha256);
      for (const owner of [tenantId, null]) {
        const piece = await this.load(owner, request);
        if (!piece) continue;
        this.cache.set(keyOf(owner, request), piece);
        return piece;
      }
      return null;
    });
  }

  private async load(owner: RepositoryOwner, request: ChunkRequest): Promise<CachedPiece | null> {
    if (request.kind === 'chunk') return this.releases.chunk(owner, request.sha256, request.index);
    const manifest = await this.releases.manifest(owner, request.sha256);
    if (!manifest) return null;
    const body = Buffer.from(JSON.stringify(manifest));
    return { sha256: sha256Hex(body), body };
  }

  private cached(owner: RepositoryOwner, request: ChunkRequest): CachedPiece | null {
    return this.cache.get(keyOf(owner, request));
  }

  private isGranted(applianceId: string, sha256: string): boolean {
    return (this.grants.get(`${applianceId} ${sha256}`) ?? 0) > Date.now();
  }

  private grant(applianceId: string, sha256: string): void {
    if (this.grants.size >= MAX_GRANTS) this.grants.clear();
    this.grants.set(`${applianceId} ${sha256}`, Date.now() + GRANT_MS);
  }
}

function keyOf(owner: RepositoryOwner, request: ChunkRequest): string {
  return `${owner} ${request.sha256} ${request.kind === 'chunk' ? request.index : 'manifest'}`;
}
