import type { GuardedListener } from '@phalanx/contracts';
import { type Moment, now } from './box-clock.js';
import type { LossReason, Serving } from './engine-health.js';
import { keyOf } from './ruleset.js';

/** What became of a listener that its engine doesn't serve. */
export type Outcome = 'bypassed' | 'refused' | 'waiting';

/** One listener whose engine is gone, from the loss to the end of what was done about it. */
export interface Outage {
  readonly listener: GuardedListener;
  readonly reason: LossReason;
  readonly lostAt: Moment;
  /** Null until the kernel has the switch. */
  outcome: Outcome | null;
  switchedAt: Moment;
  /** Connections of the listener that had gone past the engine before. */
  readonly countedBefore: number;
  /** When the engine served again; null: it does not yet. */
  healthyAt: Moment | null;
  /** Whether its end is on its way. */
  isEnding: boolean;
}

/** The outages of now, by listener. */
export class Outages {
  private readonly all = new Map<string, Outage>();

  get size(): number {
    return this.all.size;
  }

  of(listener: GuardedListener): Outage | undefined {
    return this.all.get(keyOf(listener));
  }

  /** Those whose engine is still gone. */
  present(): Outage[] {
    return [...this.all.values()].filter(({ healthyAt }) => healthyAt === null);
  }

  /** Those whose engine is back, and that nobody ends yet. */
  toEnd(): Outage[] {
    return [...this.all.values()].filter(({ healthyAt, isEnding }) => healthyAt !== null && !isEnding);
  }

  /** Takes over how the listeners stand. One that is lost again within the grace goes on as one outage. */
  note(listeners: readonly GuardedListener[], servings: readonly Serving[], countedOf: (listener: GuardedListener) => number): void {
    listeners.forEach((listener, index) => {
      const { isServed, reason, since } = servings[index]!;
      const known = this.of(listener);
      if (isServed) {
        if (known && known.healthyAt === null) known.healthyAt = since;
      } else if (known) Object.assign(known, { healthyAt: null, isEnding: false });
      else {
        const countedBefore = countedOf(listener);
        const outage = {
          listener,
          reason,
          lostAt: since,
          outcome: null,
          switchedAt: since,
          countedBefore,
          healthyAt: null,
          isEnding: false,
        };
        this.all.set(keyOf(listener), outage);
      }
    });
    // A listener that the plan no longer has: nothing of its bypass may stay.
    const kept = new Set(listeners.map(keyOf));
    for (const [key, outage] of this.all) if (!kept.has(key)) outage.healthyAt ??= now();
  }

  end({ listener }: Outage): void {
    this.all.delete(keyOf(listener));
  }
}
