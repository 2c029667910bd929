import {
  compareOrder,
  ENGINE_FACETS,
  type EngineFacet,
  type Facet,
  type FacetReport,
  type ReleaseReference,
  type ReportedState,
} from '@phalanx/contracts';
import { backoffMs, canonicalJson, messageOf } from '@phalanx/kit';
import type { Tools } from './executors.js';
import { Attempts, type FacetGroup, type GroupContext, TELL_PENDING_MS } from './facet-group.js';
import { type Attempt, FacetStatus } from './facet-status.js';
import { committedReleases, type Transaction } from './journal.js';
import { type Observation, observe } from './observation.js';
import { changedFacets, type FacetTarget, type StepKind } from './steps.js';
import { newTransaction, type Outcome, runTransaction, takeUp, type Watcher } from './transaction.js';

const SWITCHING: ReadonlySet<string> = new Set<StepKind | 'restore'>(['load', 'verify', 'commit', 'clean', 'restore']);

/** The facets that the engine's workers run: `signatures` and `policy`, which switch together. Absent facets are left as they run. */
export class EngineGroup implements FacetGroup {
  readonly name = 'engine';
  private readonly running = new Map<EngineFacet, Attempt>();
  private readonly status: FacetStatus;
  private readonly attempts: Attempts;
  private finished = 0;
  private seen: Observation | null = null;
  /** From the engine's switch to the commit (or the undo) workers and journal differ for a good reason. */
  private isSwitching = false;
  private heals = 0;
  private healNotBefore = 0;

  constructor(
    private readonly tools: Tools,
    private readonly context: GroupContext,
  ) {
    this.status = new FacetStatus(context.now);
    this.attempts = new Attempts(context);
  }

  announced(isNewer: boolean): void {
    this.attempts.announced(isNewer);
  }

  async turn(idleMs: number): Promise<number> {
    const { journal } = this.tools;
    const finishedBefore = this.finished;
    const open = journal.readTransaction();
    if (open) await this.finish(await takeUp(open, this.tools));
    const waitMs = await this.strive();
    // What came of a change is being reported already.
    await this.look({ isReported: this.finished !== finishedBefore });
    await this.heal();
    return Math.min(idleMs, waitMs);
  }

  async reports(): Promise<FacetReport[]> {
    await this.look({ isReported: true });
    return this.status.reports(this.context.desired()?.facets ?? {}, this.tools.journal.readCommitted(), this.seen!, this.running);
  }

  /** What the workers said at the last look. */
  workers(): Pick<ReportedState, 'workersWanted' | 'workers'> {
    return { workersWanted: this.seen?.workersWanted ?? 0, workers: [...(this.seen?.workers ?? [])] };
  }

  committed(facet: Facet): ReleaseReference | null {
    const { facets } = this.tools.journal.readCommitted();
    return facets[facet as EngineFacet] ?? null;
  }

  neededContent(): string[] {
    const { journal } = this.tools;
    const open = journal.readTransaction();
    const committed = Object.values(journal.readCommitted().facets).map(({ sha256 }) => sha256);
    // A change that is only cleaning up goes back no more.
    if (!open || open.steps[open.next]?.kind === 'clean') return committed;
    return [
      ...committed,
      ...open.targets.map(({ target }) => target.sha256),
      ...Object.values(open.snapshot).filter((sha256) => sha256 !== null),
    ];
  }

  private async strive(): Promise<number> {
    const { tools, context } = this;
    const desired = context.desired();
    if (!desired || !context.time.isPlausible()) return Infinity;
    const targets = [...changedFacets(desired.facets, committedReleases(tools.journal.readCommitted())), ...(await this.driftedTargets())];
    if (targets.length === 0) this.settle();
    const untilNext = this.attempts.waitMs();
    if (targets.length === 0 || untilNext > 0) return targets.length === 0 ? Infinity : untilNext;
    if (!targets.some(({ facet }) => facet === 'policy') && !tools.journal.readCommitted().facets.policy) return Infinity;
    let outcome = await this.attempt(targets);
    if (outcome.kind === 'failed' && !outcome.isTransient && targets.length > 1) outcome = await this.attemptEach(targets, outcome);
    if (outcome.kind === 'recalled' || compareOrder(desired.order, context.desired()!.order) < 0) return 0;
    if (outcome.kind === 'failed') return this.attempts.failed(outcome.isTransient);
    this.attempts.succeeded();
    this.settle();
    return Infinity;
  }

  /** Facets that are not what was committed, once a desired state is announced that is newer than the drift. */
  private async driftedTargets(): Promise<FacetTarget[]> {
    const { facets, order } = this.context.desired()!;
    const { journal } = this.tools;
    const settled = journal.readSettled();
    if (settled && compareOrder(order, settled) <= 0) return [];
    await this.look({ isReported: true });
    const committed = committedReleases(journal.readCommitted());
    return ENGINE_FACETS.flatMap((facet) => {
      const target = facets[facet];
      return target && this.seen!.facets[facet].drift !== null && committed.get(facet)?.sha256 === target.sha256 ? [{ facet, target }] : [];
    });
  }

  /** From here on, drift waits for a newer desired state. */
  private settle(): void {
    const { order } = this.context.desired()!;
    const { journal } = this.tools;
    const settled = journal.readSettled();
    if (settled && compareOrder(order, settled) <= 0) return;
    try {
      journal.writeSettled(order);
    } catch (error) {
      this.context.logger.warn('that a desired state is settled could not be noted', { error: messageOf(error) });
    }
  }

  /** One bad facet must not hold up another. */
  private async attemptEach(targets: readonly FacetTarget[], together: Outcome): Promise<Outcome> {
    let last = together;
    for (const single of targets) {
      if (single.facet !== 'policy' && !this.tools.journal.readCommitted().facets.policy) continue;
      const outcome = await this.attempt([single]);
      if (outcome.kind === 'recalled') return outcome;
      if (outcome.kind === 'failed') last = outcome;
    }
    return last;
  }

  private attempt(targets: readonly FacetTarget[]): Promise<Outcome> {
    return this.finish(newTransaction(this.context.desired()!.order, targets, this.tools.journal.readCommitted()));
  }

  private async finish(transaction: Transaction): Promise<Outcome> {
    const { context } = this;
    const note = (attempt: Omit<Attempt, 'sha256'>) => {
      for (const { facet, target } of transaction.targets) this.running.set(facet, { ...attempt, sha256: target.sha256 });
    };
    const late = setTimeout(context.onChange, TELL_PENDING_MS);
    const watcher: Watcher = {
      onStep: (step, failure) => {
        this.isSwitching ||= SWITCHING.has(step);
        note({ state: failure === null ? 'pending' : 'failed', reason: failure, step });
      },
      isRecalled: () => {
        const desired = context.desired();
        return desired !== null && transaction.targets.some(({ facet, target }) => desired.facets[facet]?.sha256 !== target.sha256);
      },
    };
    const outcome = await runTransaction(transaction, this.tools, watcher, context.logger).finally(() => {
      clearTimeout(late);
      this.isSwitching = false;
    });
    if (outcome.kind === 'failed') {
      const { reason, step } = outcome;
      note({ state: outcome.isTransient ? 'pending' : 'failed', reason, step });
      if (!outcome.isTransient) this.recordFailure(transaction, reason, step);
    } else for (const { facet } of transaction.targets) this.running.delete(facet);
    if (outcome.kind === 'applied')
      context.logger.info('a change is applied', {
        order: transaction.order,
        targets: transaction.targets.map(({ target }) => target.path),
      });
    this.finished++;
    context.onChange();
    return outcome;
  }

  private recordFailure({ targets, order }: Transaction, reason: string, step: string): void {
    const details = { step, epoch: order.epoch, generation: order.generation, paths: targets.map(({ target }) => target.path) };
    this.context.record({ kind: 'system', code: 'reconcile.failed', severity: 'ERROR', message: reason.slice(0, 2000), details });
  }

  private async look({ isReported = false } = {}): Promise<void> {
    const { journal } = this.tools;
    if (this.isSwitching && this.seen) return;
    const committed = journal.readCommitted();
    const seen = await observe(committed, this.tools, this.seen);
    // A switch that began or ended meanwhile makes this a view of two times.
    const isMixed = this.isSwitching || canonicalJson(committed) !== canonicalJson(journal.readCommitted());
    if (isMixed && this.seen) return this.isSwitching ? undefined : this.look({ isReported });
    const before = this.seen;
    this.seen = seen;
    for (const facet of ENGINE_FACETS) {
      const { drift } = seen.facets[facet];
      if (drift && !before?.facets[facet].drift)
        this.context.record({ kind: 'system', code: 'reconcile.drift', severity: 'WARNING', message: drift, details: { facet } });
    }
    if (!isReported && JSON.stringify(before) !== JSON.stringify(seen)) this.context.onChange();
  }

  /** Workers that lost what is committed (an engine restarted in the middle of a change) are given the committed files again. */
  private async heal(): Promise<void> {
    const { now, retry, logger } = this.context;
    if (!this.seen?.isHealable) {
      this.heals = 0;
      return;
    }
    if (now() < this.healNotBefore) return;
    this.healNotBefore = now() + backoffMs(this.heals++, retry);
    try {
      await this.tools.engine.load('active');
      logger.warn('workers ran something else than what is committed; the committed files were loaded again');
    } catch (error) {
      logger.warn('the committed files could not be loaded again', { error: messageOf(error) });
    }
    await this.look();
  }
}
