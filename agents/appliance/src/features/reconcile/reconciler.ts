import {
  compareOrder,
  type DesiredState,
  type EngineFacet,
  type ReportedState,
  type SignedDesiredState,
  type StateOrder,
} from '@phalanx/contracts';
import { backoffMs, type BackoffOptions, canonicalJson, type Logger, messageOf } from '@phalanx/kit';
import type { AgentContext } from '../../platform/feature.js';
import type { Tools } from './executors.js';
import { type Attempt, FacetStatus } from './facet-status.js';
import { committedReleases, type Transaction } from './journal.js';
import { type Observation, observe } from './observation.js';
import type { Revisions } from './revisions.js';
import { changedFacets, type FacetTarget, type StepKind } from './steps.js';
import { newTransaction, type Outcome, runTransaction, takeUp, type Watcher } from './transaction.js';
import type { TrustedTime } from './trusted-time.js';

export interface ReconcilerParts {
  readonly tools: Tools;
  readonly revisions: Revisions;
  readonly time: TrustedTime;
  readonly now: () => number;
  readonly logger: Logger;
  readonly record: AgentContext['record'];
  readonly retry: BackoffOptions;
  /** Called when something that a report shows has changed. */
  readonly onChange: () => void;
}

const TELL_PENDING_MS = 500;
const SWITCHING: ReadonlySet<string> = new Set<StepKind | 'restore'>(['load', 'verify', 'commit', 'clean', 'restore']);

/**
 * Brings a box from what is committed to what is desired.
 *
 * - One change at a time; each is in the journal before anything is done.
 * - A desired state is taken only if its pair is greater than the journal's; it is on disk before it is acted on.
 * - What failed is tried again when the same state is announced again, not sooner than the back-off says; what is only out of reach is
 *   tried again by itself.
 * - What is committed and verified runs on, whatever else fails.
 */
export class Reconciler {
  private desired: DesiredState | null;
  private readonly attempts = new Map<EngineFacet, Attempt>();
  private readonly status: FacetStatus;
  private failures = 0;
  /** No attempt before this instant. */
  private notBefore = 0;
  private isRetryAsked = true;
  private finished = 0;
  private seen: Observation | null = null;
  /** From the engine's switch to the commit (or the undo) workers and journal differ for a good reason. */
  private isSwitching = false;
  private heals = 0;
  private healNotBefore = 0;

  constructor(private readonly parts: ReconcilerParts) {
    this.desired = parts.tools.journal.readDesired()?.signed ?? null;
    this.status = new FacetStatus(parts.now);
  }

  order(): StateOrder | null {
    return this.desired?.order ?? null;
  }

  /** Takes a verified desired state. Answers whether there may be something to do. */
  accept(document: SignedDesiredState): boolean {
    const { order } = document.signed;
    const comparison = this.desired ? compareOrder(order, this.desired.order) : 1;
    if (comparison < 0) return false;
    if (comparison > 0) {
      this.parts.tools.journal.writeDesired(document);
      this.desired = document.signed;
      this.failures = 0;
      this.notBefore = 0;
    }
    this.isRetryAsked = true;
    return true;
  }

  /** Does what there is to do. Answers after how many milliseconds to come again, at the latest. */
  async turn(idleMs: number): Promise<number> {
    const { journal } = this.parts.tools;
    const finishedBefore = this.finished;
    const open = journal.readTransaction();
    if (open) await this.finish(await takeUp(open, this.parts.tools));
    const waitMs = await this.strive();
    // What came of a change is being reported already.
    await this.look({ isReported: this.finished !== finishedBefore });
    await this.heal();
    return Math.min(idleMs, waitMs);
  }

  /** What is desired, committed and really there, looked at now, with a revision of its own. */
  async report(): Promise<ReportedState> {
    await this.look({ isReported: true });
    const { tools, revisions, time } = this.parts;
    const seen = this.seen!;
    return {
      version: 1,
      revision: revisions.take(),
      order: this.order(),
      facets: this.status.reports(this.desired?.facets ?? {}, tools.journal.readCommitted(), seen, this.attempts),
      workersWanted: seen.workersWanted,
      workers: [...seen.workers],
      hasTrustedTime: time.isTrusted(),
      ha: null,
    };
  }

  private async strive(): Promise<number> {
    const { tools, now, time } = this.parts;
    if (!this.desired || !time.isPlausible()) return Infinity;
    const changed = changedFacets(this.desired.facets, committedReleases(tools.journal.readCommitted()));
    if (changed.length === 0 || !this.isRetryAsked) return Infinity;
    if (now() < this.notBefore) return this.notBefore - now();
    if (!changed.some(({ facet }) => facet === 'policy') && !tools.journal.readCommitted().facets.policy) return Infinity;
    const { order } = this.desired;
    let outcome = await this.attempt(changed);
    if (outcome.kind === 'failed' && !outcome.isTransient && changed.length > 1) outcome = await this.attemptEach(changed, outcome);
    if (outcome.kind === 'recalled' || compareOrder(order, this.desired.order) < 0) return 0;
    if (outcome.kind === 'applied') {
      this.failures = 0;
      return Infinity;
    }
    const waitMs = backoffMs(this.failures++, this.parts.retry);
    this.notBefore = now() + waitMs;
    // A refusal is final until the controller says the same again; what is only out of reach comes back by itself.
    this.isRetryAsked = outcome.isTransient;
    return outcome.isTransient ? waitMs : Infinity;
  }

  /** One bad facet must not hold up another. */
  private async attemptEach(changed: readonly FacetTarget[], together: Outcome): Promise<Outcome> {
    let last = together;
    for (const single of changed) {
      if (single.facet !== 'policy' && !this.parts.tools.journal.readCommitted().facets.policy) continue;
      const outcome = await this.attempt([single]);
      if (outcome.kind === 'recalled') return outcome;
      if (outcome.kind === 'failed') last = outcome;
    }
    return last;
  }

  private attempt(targets: readonly FacetTarget[]): Promise<Outcome> {
    return this.finish(newTransaction(this.desired!.order, targets, this.parts.tools.journal.readCommitted()));
  }

  private async finish(transaction: Transaction): Promise<Outcome> {
    const note = (attempt: Omit<Attempt, 'sha256'>) => {
      for (const { facet, target } of transaction.targets) this.attempts.set(facet, { ...attempt, sha256: target.sha256 });
    };
    // A change that is over in a moment is told once, when it is over.
    const late = setTimeout(this.parts.onChange, TELL_PENDING_MS);
    const watcher: Watcher = {
      onStep: (step, failure) => {
        this.isSwitching ||= SWITCHING.has(step);
        note({ state: failure === null ? 'pending' : 'failed', reason: failure, step });
      },
      isRecalled: () =>
        this.desired !== null && transaction.targets.some(({ facet, target }) => this.desired!.facets[facet]?.sha256 !== target.sha256),
    };
    const outcome = await runTransaction(transaction, this.parts.tools, watcher, this.parts.logger).finally(() => {
      clearTimeout(late);
      this.isSwitching = false;
    });
    if (outcome.kind === 'failed') {
      const { reason, step } = outcome;
      note({ state: outcome.isTransient ? 'pending' : 'failed', reason, step });
      if (!outcome.isTransient) this.recordFailure(transaction, reason, step);
    } else for (const { facet } of transaction.targets) this.attempts.delete(facet);
    if (outcome.kind === 'applied')
      this.parts.logger.info('a change is applied', {
        order: transaction.order,
        targets: transaction.targets.map(({ target }) => target.path),
      });
    this.finished++;
    this.parts.onChange();
    return outcome;
  }

  private recordFailure({ targets, order }: Transaction, reason: string, step: string): void {
    const details = { step, epoch: order.epoch, generation: order.generation, paths: targets.map(({ target }) => target.path) };
    this.parts.record({ kind: 'system', code: 'reconcile.failed', severity: 'ERROR', message: reason.slice(0, 2000), details });
  }

  private async look({ isReported = false } = {}): Promise<void> {
    const { journal, files, engine } = this.parts.tools;
    if (this.isSwitching && this.seen) return;
    const committed = journal.readCommitted();
    const seen = await observe(committed, files, engine, this.seen?.workersWanted ?? 0);
    // A switch that began or ended meanwhile makes this a view of two times.
    const isMixed = this.isSwitching || canonicalJson(committed) !== canonicalJson(journal.readCommitted());
    if (isMixed && this.seen) return this.isSwitching ? undefined : this.look({ isReported });
    const before = this.seen;
    this.seen = seen;
    for (const facet of ['signatures', 'policy'] as const) {
      const { drift } = seen.facets[facet];
      if (drift && !before?.facets[facet].drift)
        this.parts.record({ kind: 'system', code: 'reconcile.drift', severity: 'WARNING', message: drift, details: { facet } });
    }
    if (!isReported && JSON.stringify(before) !== JSON.stringify(seen)) this.parts.onChange();
  }

  /** Workers that lost what is committed (an engine restarted in the middle of a change) are given the committed files again. */
  private async heal(): Promise<void> {
    const { tools, logger, now } = this.parts;
    if (!this.seen?.isHealable) {
      this.heals = 0;
      return;
    }
    if (now() < this.healNotBefore) return;
    this.healNotBefore = now() + backoffMs(this.heals++, this.parts.retry);
    try {
      await tools.engine.load('active');
      logger.warn('workers ran something else than what is committed; the committed files were loaded again');
    } catch (error) {
      logger.warn('the committed files could not be loaded again', { error: messageOf(error) });
    }
    await this.look();
  }
}
