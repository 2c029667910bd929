import {
  compareOrder,
  type DesiredState,
  type Facet,
  type ReleaseReference,
  type ReportedState,
  type SignedDesiredState,
  type StateOrder,
} from '@phalanx/contracts';
import type { ReleaseContent } from '../content/index.js';
import type { DriverGroup } from './drivers/driver-group.js';
import type { EngineGroup } from './engine-group.js';
import type { FacetGroup } from './facet-group.js';
import type { Journal } from './journal.js';
import type { Revisions } from './revisions.js';
import type { TrustedTime } from './trusted-time.js';

export interface ReconcilerParts {
  readonly journal: Journal;
  readonly revisions: Revisions;
  readonly time: TrustedTime;
  /** The box's part in its pair; null where it has none. */
  readonly haStatus: () => ReportedState['ha'];
}

/**
 * Brings a box from what is committed to what is desired: each group of facets on its own.
 *
 * - Within a group one change at a time; each is in the journal before anything is done.
 * - A desired state is taken only if its pair is greater than the journal's; it is on disk before it is acted on.
 * - What failed is tried again when the same state is announced again, not sooner than the back-off says; what is only out of reach is
 *   tried again by itself.
 * - What drifted is shown, and put right when a greater pair is announced, with whatever release it names.
 * - What is committed and verified runs on, whatever else fails.
 */
export class Reconciler {
  private state: DesiredState | null;
  private engine!: EngineGroup;
  private groups: readonly FacetGroup[] = [];

  constructor(private readonly parts: ReconcilerParts) {
    this.state = parts.journal.readDesired()?.signed ?? null;
  }

  /** Called once, before anything else. */
  begin(engine: EngineGroup, drivers: readonly DriverGroup[]): void {
    this.engine = engine;
    this.groups = [engine, ...drivers];
  }

  desired(): DesiredState | null {
    return this.state;
  }

  order(): StateOrder | null {
    return this.state?.order ?? null;
  }

  /** Takes a verified desired state. Answers whether there may be something to do. */
  accept(document: SignedDesiredState): boolean {
    const comparison = this.state ? compareOrder(document.signed.order, this.state.order) : 1;
    if (comparison < 0) return false;
    if (comparison > 0) {
      this.parts.journal.writeDesired(document);
      this.state = document.signed;
    }
    for (const group of this.groups) group.announced(comparison > 0);
    return true;
  }

  /** What is desired, committed and really there, looked at now, with a revision of its own. */
  async report(): Promise<ReportedState> {
    const facets = (await Promise.all(this.groups.map((group) => group.reports()))).flat();
    return {
      version: 1,
      revision: this.parts.revisions.take(),
      order: this.order(),
      facets,
      ...this.engine.workers(),
      hasTrustedTime: this.parts.time.isTrusted(),
      ha: this.parts.haStatus(),
    };
  }

  /** The release of a facet that was applied and verified last; null where there is none. */
  committed(facet: Facet): ReleaseReference | null {
    for (const group of this.groups) {
      const target = group.committed(facet);
      if (target) return target;
    }
    return null;
  }

  /** Removes content that no group needs any more. */
  dropContent(content: ReleaseContent): void {
    content.keepOnly(new Set(this.groups.flatMap((group) => group.neededContent())));
  }
}
