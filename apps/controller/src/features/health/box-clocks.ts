import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import type { BoxClock } from './box-clock.js';
import { HealthRepository } from './health.repository.js';

const FRESH_MS = 5_000;
const REMEMBERED = 10_000;

interface Entry {
  readonly clock: BoxClock | null;
  readonly readAtMs: number;
}

/** Clocks of boxes, for whoever places their words in time. Remembered for a few seconds; a box that was never measured is asked for anew. */
@Injectable()
export class BoxClocks {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly database: Database,
    private readonly health: HealthRepository,
  ) {}

  /** Null where no heartbeat has measured the box yet. */
  async of(tenantId: string, applianceId: string): Promise<BoxClock | null> {
    const known = this.entries.get(applianceId);
    const nowMs = performance.now();
    if (known?.clock && nowMs - known.readAtMs < FRESH_MS) return known.clock;
    const clock = await this.database.run(scopeOfTenant(tenantId), () => this.health.clockOf(applianceId));
    if (this.entries.size >= REMEMBERED) this.entries.clear();
    this.entries.set(applianceId, { clock, readAtMs: nowMs });
    return clock;
  }

  /** The clocks of these boxes in their present and earlier boots, newest first. In the transaction of the caller. */
  ofBoots(applianceIds: readonly string[]): Promise<ReadonlyMap<string, readonly BoxClock[]>> {
    return this.health.clocksOfBoots(applianceIds);
  }
}
