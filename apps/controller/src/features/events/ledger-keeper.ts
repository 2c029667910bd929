import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { WorkQueue } from '../../platform/queue/work-queue.js';
import { LedgerRepository } from './ledger.repository.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A batch may be delivered again for as long as a broker keeps it: a finished stream is remembered for longer than that. */
const FINISHED_MS = DAY_MS;
/** A box that was switched off for longer than this sends what it had not been acknowledged again. */
const UNFINISHED_MS = 400 * DAY_MS;
const ROWS_AT_ONCE = 5_000;

/** Forgets streams that no box will send anything of again. */
@Injectable()
export class LedgerKeeper {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LedgerRepository) private readonly ledger: LedgerRepository,
    @Inject(WorkQueue) work: WorkQueue,
  ) {
    work.every('events.forget-streams', HOUR_MS, () => this.forget(new Date()));
  }

  async forget(now: Date): Promise<void> {
    for (const tenantId of await this.database.allTenantIds()) {
      for (const [finished, ageMs] of [
        [true, FINISHED_MS],
        [false, UNFINISHED_MS],
      ] as const) {
        const before = new Date(now.getTime() - ageMs);
        let removed: number;
        do removed = await this.database.run(scopeOfTenant(tenantId), () => this.ledger.forget(finished, before, ROWS_AT_ONCE));
        while (removed === ROWS_AT_ONCE);
      }
    }
  }
}
