import { Inject, Injectable } from '@nestjs/common';
import { type Logger, messageOf } from '@phalanx/kit';
import { Database } from '../../platform/db/database.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { DesiredStateService } from '../desired-state/index.js';

/** No box is asked more often than this. */
const INTERVAL_MS = 2_500;
const REMEMBERED = 10_000;

/**
 * Asks boxes how they stand, now rather than at their next heartbeat: whoever is told its desired state once more answers with its present one. What a
 * silent member last said says nothing of now.
 */
@Injectable()
export class PairProbes {
  private readonly askedAtMs = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly states: DesiredStateService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** After the current transaction has committed. */
  ask(tenantId: string, applianceIds: readonly string[]): void {
    const nowMs = performance.now();
    const due = applianceIds.filter((id) => nowMs - (this.askedAtMs.get(id) ?? -Infinity) >= INTERVAL_MS);
    if (due.length === 0) return;
    if (this.askedAtMs.size >= REMEMBERED) this.askedAtMs.clear();
    for (const id of due) this.askedAtMs.set(id, nowMs);
    // Not awaited: whoever reports does not wait for the other one to be asked.
    this.database.afterCommit(() => void this.tell(tenantId, due));
  }

  private async tell(tenantId: string, applianceIds: readonly string[]): Promise<void> {
    try {
      await this.states.announce(tenantId, applianceIds);
    } catch (error) {
      this.logger.warn('members of a pair could not be asked how they stand', { applianceIds, error: messageOf(error) });
    }
  }
}
