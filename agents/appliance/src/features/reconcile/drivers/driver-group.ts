import { compareOrder, type DriverFacet, type Facet, type FacetReport, type Heartbeat, type ReleaseReference } from '@phalanx/contracts';
import { messageOf } from '@phalanx/kit';
import { DIFF_LIMIT } from '../../../platform/unified-diff.js';
import { Attempts, ChangeTimes, type FacetGroup, type GroupContext, TELL_PENDING_MS } from '../facet-group.js';
import { type Attempt, attemptBody } from '../facet-status.js';
import { bounded, contentOf, type DriverTools } from './driver-executors.js';
import type { DriverTransaction } from './driver-journal.js';
import { type DriverOutcome, type DriverWatcher, newDriverTransaction, runDriverTransaction } from './driver-transaction.js';

export interface DriverGroupOptions {
  /** How often what runs is read back. */
  readonly observeMs: number;
}

/** What was read back last, and what is wrong with it. */
interface Seen {
  readonly digest: string | null;
  readonly drift: string | null;
  readonly diff: string | null;
}

/** What there is to do. */
interface Goal {
  readonly kind: 'change' | 'put right';
  /** Null: the facet is taken away. */
  readonly target: ReleaseReference | null;
}

const ABILITY_MS = 60_000;
/** Reading back takes at most such a part of the time, where that still shows drift within a minute. */
const LOOK_SHARE = 1 / 60;
const LONGEST_PAUSE_MS = 40_000;

/** One facet that a driver makes true. Where the desired state names it no longer, what it made is taken away. */
export class DriverGroup implements FacetGroup {
  readonly name: DriverFacet;
  private readonly attempts: Attempts;
  private readonly times: ChangeTimes;
  private running: (Omit<Attempt, 'sha256'> & { readonly sha256: string | null }) | null = null;
  private seen: Seen | null = null;
  private nextLook = 0;
  private unreadable = 0;
  private inability: Promise<string | null> | null = null;
  private isUnable: string | null = null;
  private abilityUntil = 0;

  constructor(
    private readonly tools: DriverTools,
    private readonly context: GroupContext,
    private readonly options: DriverGroupOptions,
  ) {
    this.name = tools.driver.facet;
    this.attempts = new Attempts(context);
    this.times = new ChangeTimes(context.now);
  }

  announced(isNewer: boolean): void {
    this.attempts.announced(isNewer);
  }

  async turn(idleMs: number): Promise<number> {
    this.isUnable = await this.askAbility();
    const open = this.tools.journal.readTransaction();
    if (open) await this.finish(open);
    await this.restoreAfterBoot();
    const waitMs = await this.strive();
    if (this.tools.monotonicMs() >= this.nextLook) await this.look();
    return Math.min(idleMs, waitMs, Math.max(1, this.nextLook - this.tools.monotonicMs()));
  }

  async reports(): Promise<FacetReport[]> {
    return [this.times.stamp(this.body())];
  }

  committed(facet: Facet): ReleaseReference | null {
    return facet === this.name ? (this.tools.journal.record().committed?.target ?? null) : null;
  }

  neededContent(): string[] {
    const { journal } = this.tools;
    const open = journal.readTransaction();
    const needed = [journal.record().committed?.target, ...(open && open.next !== 'clean' ? [open.target, open.before] : [])];
    return needed.flatMap((target) => (target ? [target.sha256] : []));
  }

  /** Whether this box can do it at all. */
  async capability(): Promise<Heartbeat['capabilities'][number]> {
    const reason = await this.askAbility();
    return { facet: this.name, isAble: reason === null, reason: reason && reason.slice(0, 300) };
  }

  private askAbility(): Promise<string | null> {
    const now = this.tools.monotonicMs();
    if (!this.inability || now >= this.abilityUntil) {
      this.abilityUntil = now + ABILITY_MS;
      this.inability = bounded(this.tools, 'looking at the abilities', this.tools.driver.inability()).catch(messageOf);
    }
    return this.inability;
  }

  /** What differs from what is wanted; null when nothing does, as far as it was looked at. */
  private change(): Goal | null {
    const desired = this.context.desired();
    if (!desired) return null;
    const target = desired.facets[this.name] ?? null;
    return (this.tools.journal.record().committed?.target.sha256 ?? null) === (target?.sha256 ?? null) ? null : { kind: 'change', target };
  }

  /** A drift that a newer desired state wants to be put right. */
  private async drifted(): Promise<Goal | null> {
    const { journal } = this.tools;
    const { committed, settled } = journal.record();
    const { order } = this.context.desired()!;
    if (!committed || (settled && compareOrder(order, settled) <= 0)) return null;
    await this.look();
    if (this.seen?.drift) return { kind: 'put right', target: committed.target };
    // From here on, drift waits for a newer desired state.
    journal.update({ settled: order });
    return null;
  }

  private async strive(): Promise<number> {
    const { context } = this;
    const desired = context.desired();
    if (!desired || !context.time.isPlausible()) return Infinity;
    const goal = this.change() ?? (await this.drifted());
    if (!goal || this.isUnable !== null || this.isRefused(goal)) return Infinity;
    const untilNext = this.attempts.waitMs();
    if (untilNext > 0) return untilNext;
    const outcome = await this.finish(newDriverTransaction(desired.order, goal.target, this.tools));
    if (outcome.kind === 'failed') return this.attempts.failed(outcome.isTransient);
    this.attempts.succeeded();
    return compareOrder(desired.order, context.desired()!.order) < 0 ? 0 : Infinity;
  }

  private isRefused({ target }: Goal): boolean {
    const { refused } = this.tools.journal.record();
    return (
      refused !== null && refused.sha256 === (target?.sha256 ?? null) && compareOrder(this.context.desired()!.order, refused.order) <= 0
    );
  }

  private async finish(transaction: DriverTransaction): Promise<DriverOutcome> {
    const { context, tools } = this;
    const sha256 = transaction.target?.sha256 ?? null;
    const late = setTimeout(context.onChange, TELL_PENDING_MS);
    const watcher: DriverWatcher = {
      onStep: (step, failure) => (this.running = { sha256, state: failure === null ? 'pending' : 'failed', reason: failure, step }),
      isRecalled: () => (context.desired()?.facets[this.name]?.sha256 ?? null) !== sha256,
      logger: context.logger,
    };
    let outcome: DriverOutcome;
    try {
      outcome = await runDriverTransaction(transaction, tools, watcher);
    } catch (error) {
      tools.signal.throwIfAborted();
      const reason = `${transaction.failure?.reason ?? 'it failed'}; undoing it does not succeed: ${messageOf(error)}`;
      this.running = { sha256, state: 'failed', reason, step: 'restore' };
      context.onChange();
      throw error;
    } finally {
      clearTimeout(late);
    }
    const { order, target } = transaction;
    if (outcome.kind === 'failed') {
      const { reason, step, isTransient } = outcome;
      this.running = { sha256, state: isTransient ? 'pending' : 'failed', reason, step };
      const details = { step, epoch: order.epoch, generation: order.generation, paths: target ? [target.path] : [], facet: this.name };
      if (!isTransient)
        context.record({ kind: 'system', code: 'reconcile.failed', severity: 'ERROR', message: reason.slice(0, 2000), details });
      if (transaction.applied || step === 'verify' || step === 'apply') await this.look();
    } else this.running = null;
    if (outcome.kind === 'applied') {
      context.logger.info('a change is applied', { order, facet: this.name, target: target?.path ?? 'taken away' });
      // The verification read it back just now.
      this.notice({ digest: tools.journal.record().committed?.expectedDigest ?? null, drift: null, diff: null });
    }
    context.onChange();
    return outcome;
  }

  /** The kernel forgets with each restart of the box what was applied: it is made so again, also without a controller. */
  private async restoreAfterBoot(): Promise<void> {
    const { tools, context } = this;
    const { committed } = tools.journal.record();
    if (!committed || committed.boot === tools.boot || this.isUnable !== null || this.attempts.waitMs() > 0) return;
    try {
      if (!tools.content.read(committed.target.sha256)) await tools.content.fetch(committed.target);
      const content = contentOf(committed.target, tools);
      const { expectedDigest } = await bounded(tools, 'applying', tools.driver.apply(content, content));
      tools.journal.update({ committed: { ...committed, expectedDigest, boot: tools.boot } });
      context.logger.info('what was committed is applied again after a restart of the box', { facet: this.name });
      this.attempts.succeeded();
    } catch (error) {
      tools.signal.throwIfAborted();
      context.logger.warn('what was committed could not be applied after a restart of the box', {
        facet: this.name,
        error: messageOf(error),
      });
      this.attempts.failed(true);
    }
    await this.look();
  }

  private async look(): Promise<void> {
    const { tools } = this;
    const { committed } = tools.journal.record();
    if (!committed) return this.notice({ digest: null, drift: null, diff: null });
    const began = tools.monotonicMs();
    try {
      const { digest, diff } = await bounded(tools, 'reading back', tools.driver.observe(tools.content.read(committed.target.sha256)));
      this.unreadable = 0;
      const isSame = digest === committed.expectedDigest;
      const drift = isSame ? null : digest === null ? `nothing of ${this.name} is there any more` : `what runs of ${this.name} was changed`;
      this.notice({ digest, drift, diff: isSame ? null : diff });
      const now = tools.monotonicMs();
      this.nextLook = Math.max(this.nextLook, now + Math.min(LONGEST_PAUSE_MS, (now - began) / LOOK_SHARE));
    } catch (error) {
      tools.signal.throwIfAborted();
      // Once may be chance.
      if (++this.unreadable > 1 || !this.seen)
        this.notice({ digest: null, drift: `what runs of ${this.name} can't be read back: ${messageOf(error)}`, diff: null });
      else this.nextLook = tools.monotonicMs();
    }
  }

  private notice(seen: Seen): void {
    const before = this.seen;
    this.seen = seen;
    this.nextLook = this.tools.monotonicMs() + this.options.observeMs;
    if (seen.drift && !before?.drift)
      this.context.record({
        kind: 'system',
        code: 'reconcile.drift',
        severity: 'WARNING',
        message: seen.drift.slice(0, 2000),
        details: { facet: this.name },
      });
    if (JSON.stringify(before) !== JSON.stringify(seen)) this.context.onChange();
  }

  private body(): Omit<FacetReport, 'changedAt'> {
    const { committed, refused } = this.tools.journal.record();
    const change = this.change();
    const base = {
      facet: this.name,
      target: committed?.target ?? null,
      wanted: change?.target ?? null,
      expectedDigest: committed?.expectedDigest ?? null,
      renderedDigest: this.seen?.digest ?? null,
    };
    const sha256 = (change ? change.target : committed?.target)?.sha256 ?? null;
    const tried = this.running?.sha256 === sha256 ? this.running : null;
    if (change) {
      if (this.isUnable !== null && tried === null)
        return { ...base, state: 'failed', reason: `this box can't: ${this.isUnable}`.slice(0, 2000) };
      const old = refused && this.isRefused(change) ? { ...refused, state: 'failed' as const } : undefined;
      return { ...base, ...attemptBody(tried ?? old) };
    }
    if (!committed) return { ...base, state: 'absent' };
    if (tried?.state === 'pending') return { ...base, ...attemptBody(tried) };
    if (!this.seen) return { ...base, state: 'pending', reason: 'it was not read back yet since the agent started' };
    const { drift, diff } = this.seen;
    if (drift === null) return { ...base, state: 'applied' };
    const reason = tried ? `${drift}; putting it right failed: ${tried.reason}` : drift;
    return { ...base, state: 'drifted', reason: reason.slice(0, 2000), ...(diff === null ? {} : { diff: diff.slice(0, DIFF_LIMIT) }) };
  }
}
