import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { WorkQueue } from '../../platform/queue/work-queue.js';
import { BlockWriter } from './block-writer.js';

/** Boxes let go of what expires by themselves; that their lists are cleared of it can wait for all that expires within this time. */
const EXPIRE_MS = 60_000;

/** Drops what has expired, of all tenants. */
@Injectable()
export class BlockJobs implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly writer: BlockWriter,
    private readonly work: WorkQueue,
  ) {}

  onModuleInit(): void {
    this.work.every('blocks.expire', EXPIRE_MS, () => this.dropExpired());
  }

  async dropExpired(): Promise<void> {
    for (const tenantId of await this.database.allTenantIds())
      await this.database.run(scopeOfTenant(tenantId), () => this.writer.dropExpired(tenantId));
  }
}
