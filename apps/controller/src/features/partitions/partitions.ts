import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger, messageOf } from '@phalanx/kit';
import { LOGGER } from '../../platform/log/logger.token.js';
import { WorkQueue } from '../../platform/queue/work-queue.js';
import { Roles } from '../../platform/roles.js';
import { PartitionsRepository } from './partitions.repository.js';

const DAY_MS = 86_400_000;
const KEEP_INTERVAL_MS = 3_600_000;
/** Partitions must be there before their day begins even while the work queue is down. */
const SWEEP_MS = 600_000;

/** A table with a row in `partition_plans`. */
export interface PartitionPlan {
  readonly parent: string;
  readonly unit: 'day' | 'month';
  /** Days that a row is kept; its whole partition is dropped when all of it is older. */
  readonly keepDays: number;
}

/**
 * Keeps the registered tables in partitions: made in advance by a sweep, at need by `ensure`, dropped when past their time.
 * What was made is remembered, so that `ensure` costs nothing on a hot path.
 */
@Injectable()
export class Partitions implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly plans = new Map<string, PartitionPlan>();
  private readonly known = new Set<string>();
  private sweep: NodeJS.Timeout | null = null;

  constructor(
    @Inject(PartitionsRepository) private readonly repository: PartitionsRepository,
    @Inject(WorkQueue) private readonly work: WorkQueue,
    @Inject(Roles) private readonly roles: Roles,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    work.every('partitions.keep', KEEP_INTERVAL_MS, () => this.keep(new Date()));
  }

  /** Before the application starts. */
  register(plan: PartitionPlan): void {
    this.plans.set(plan.parent, plan);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.roles.has('ingress') && !this.roles.has('worker')) return;
    await this.makeAhead(new Date());
    this.sweep = setInterval(() => void this.makeAhead(new Date()), SWEEP_MS).unref();
  }

  onApplicationShutdown(): void {
    if (this.sweep) clearInterval(this.sweep);
  }

  /** Makes sure that rows of these instants have their partitions. Not inside of a transaction that will use them for the first time. */
  async ensure(parent: string, instants: Iterable<number>): Promise<void> {
    const plan = this.plans.get(parent)!;
    for (const instant of instants) {
      const key = keyOf(plan, instant);
      if (this.known.has(key)) continue;
      await this.repository.ensure(parent, new Date(instant));
      this.known.add(key);
    }
  }

  /** Forgets what is known to be there: after the database refused a row for want of its partition. */
  forget(): void {
    this.known.clear();
  }

  /** Makes what the next two days need, and drops what is past its time. */
  async keep(now: Date): Promise<void> {
    await this.makeAhead(now);
    for (const plan of this.plans.values()) {
      const dropped = await this.repository.dropBefore(plan.parent, new Date(now.getTime() - plan.keepDays * DAY_MS));
      if (dropped.length > 0) this.logger.info('partitions past their time were dropped', { parent: plan.parent, dropped });
    }
  }

  private async makeAhead(now: Date): Promise<void> {
    for (const parent of this.plans.keys()) {
      try {
        await this.ensure(
          parent,
          [0, 1, 2].map((days) => now.getTime() + days * DAY_MS),
        );
      } catch (error) {
        this.logger.warn('partitions could not be made in advance; the next sweep tries again', { parent, error: messageOf(error) });
      }
    }
  }
}

function keyOf(plan: PartitionPlan, instant: number): string {
  return `${plan.parent} ${new Date(instant).toISOString().slice(0, plan.unit === 'day' ? 10 : 7)}`;
}
