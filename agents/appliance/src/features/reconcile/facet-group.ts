import type { DesiredState, Facet, FacetReport, ReleaseReference } from '@phalanx/contracts';
import { backoffMs, type BackoffOptions, type Logger } from '@phalanx/kit';
import type { AgentContext } from '../../platform/feature.js';
import type { TrustedTime } from './trusted-time.js';

/** Facets that switch together, in transactions of their own: nothing that befalls one group touches another. */
export interface FacetGroup {
  readonly name: string;
  /** A desired state was accepted: a newer one, or the same again. */
  announced(isNewer: boolean): void;
  /** Does what there is to do. Answers after how many milliseconds to come again, at the latest. */
  turn(idleMs: number): Promise<number>;
  /** How its facets stand. */
  reports(): Promise<FacetReport[]>;
  /** The release of one of its facets that was applied and verified last; null where there is none, or it isn't its facet. */
  committed(facet: Facet): ReleaseReference | null;
  /** Digests of the content that it may still need. */
  neededContent(): string[];
}

/** What every group is given. */
export interface GroupContext {
  /** What was accepted last; null before the first. */
  readonly desired: () => DesiredState | null;
  readonly time: TrustedTime;
  readonly now: () => number;
  readonly logger: Logger;
  readonly record: AgentContext['record'];
  readonly retry: BackoffOptions;
  /** Called when something that a report shows has changed. */
  readonly onChange: () => void;
}

/** A change that is over in a moment is told once, when it is over. */
export const TELL_PENDING_MS = 500;

/** Times the attempts of one group: a refusal is final until the controller says the same again; what is only out of reach comes back by itself. */
export class Attempts {
  private failures = 0;
  private notBefore = 0;
  private isAsked = true;

  constructor(private readonly context: Pick<GroupContext, 'now' | 'retry'>) {}

  announced(isNewer: boolean): void {
    if (isNewer) this.failures = this.notBefore = 0;
    this.isAsked = true;
  }

  /** Milliseconds until the next attempt; `Infinity` when none is asked for. */
  waitMs(): number {
    return this.isAsked ? Math.max(0, this.notBefore - this.context.now()) : Infinity;
  }

  succeeded(): void {
    this.failures = 0;
  }

  /** Answers after how many milliseconds it is tried again by itself. */
  failed(isTransient: boolean): number {
    const waitMs = backoffMs(this.failures++, this.context.retry);
    this.notBefore = this.context.now() + waitMs;
    this.isAsked = isTransient;
    return isTransient ? waitMs : Infinity;
  }
}

/** Keeps since when each facet is as it is. */
export class ChangeTimes {
  private readonly last = new Map<string, { readonly key: string; readonly changedAt: string }>();

  constructor(private readonly now: () => number) {}

  stamp(body: Omit<FacetReport, 'changedAt'>): FacetReport {
    const key = JSON.stringify([body.state, body.target?.sha256, body.wanted?.sha256, body.reason]);
    const known = this.last.get(body.facet);
    const changedAt = known?.key === key ? known.changedAt : new Date(this.now()).toISOString();
    this.last.set(body.facet, { key, changedAt });
    return { ...body, changedAt };
  }
}
