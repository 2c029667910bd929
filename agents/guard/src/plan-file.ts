import { statSync } from 'node:fs';
import { type GuardPlan, guardPlanSchema } from '@phalanx/contracts';
import { type Disk, type Logger, messageOf } from '@phalanx/kit';

const LOOK_MS = 200;

/** Follows `guard/plan.json`. */
export class PlanFile {
  private stamp = '';
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly path: string,
    private readonly disk: Disk,
    private readonly logger: Logger,
  ) {}

  /** Tells each new plan, the present one first; null where there is none. One that can't be read changes nothing. */
  follow(onPlan: (plan: GuardPlan | null) => void): void {
    const look = () => {
      const stat = statSync(this.path, { throwIfNoEntry: false });
      const stamp = stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : 'none';
      if (stamp === this.stamp) return;
      this.stamp = stamp;
      try {
        const bytes = this.disk.read(this.path);
        onPlan(bytes === null ? null : guardPlanSchema.parse(JSON.parse(bytes.toString('utf8'))));
      } catch (error) {
        this.logger.error('the plan can’t be read; the one before holds', { reason: messageOf(error) });
      }
    };
    look();
    this.timer = setInterval(look, LOOK_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }
}
