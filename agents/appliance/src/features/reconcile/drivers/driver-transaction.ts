import type { ReleaseReference, StateOrder } from '@phalanx/contracts';
import { AppError, type Logger, messageOf } from '@phalanx/kit';
import { bounded, contentOf, type DriverTools, executeDriverStep } from './driver-executors.js';
import { DRIVER_STEPS, type DriverStep, type DriverTransaction, hasReached } from './driver-journal.js';

/** How a change ended. `recalled`: something else is wanted, and nothing had been applied yet. */
export type DriverOutcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'recalled' }
  | { readonly kind: 'failed'; readonly reason: string; readonly step: DriverStep; readonly isTransient: boolean };

export interface DriverWatcher {
  /** Called before each step; `failure` says why it is an undo. */
  readonly onStep: (step: DriverStep | 'restore', failure: string | null) => void;
  /** True when this change is no longer wanted. */
  readonly isRecalled: () => boolean;
  readonly logger: Logger;
}

/** A change from what is committed to this release (null: the facet is taken away), from its first step. */
export function newDriverTransaction(order: StateOrder, target: ReleaseReference | null, { journal }: DriverTools): DriverTransaction {
  const before = journal.record().committed?.target ?? null;
  const next = target ? 'verify-release' : 'apply';
  return { order, target, before, next, phase: 'forward', applied: null, expectedDigest: null, failure: null };
}

/**
 * Runs a change to its end: applied and confirmed, or undone. Each step is in the journal before it is done; after a crash the same call goes
 * on from there. Rejects only when an undo can't be finished now; the journal then still holds it.
 */
export async function runDriverTransaction(started: DriverTransaction, tools: DriverTools, watcher: DriverWatcher): Promise<DriverOutcome> {
  if (started.phase === 'undo') return undo(started, tools, watcher);
  for (let transaction = started; ;) {
    const step = transaction.next;
    if (!hasReached(transaction, 'apply') && watcher.isRecalled()) {
      tools.journal.endTransaction();
      return { kind: 'recalled' };
    }
    watcher.onStep(step, null);
    try {
      tools.signal.throwIfAborted();
      if (step === 'apply') transaction = beginApplying(transaction, tools);
      tools.journal.writeTransaction(transaction);
      const progress = await executeDriverStep(transaction, tools);
      const next = DRIVER_STEPS[DRIVER_STEPS.indexOf(step) + 1];
      if (!next) break;
      transaction = { ...transaction, ...progress, next };
    } catch (error) {
      // A stopping agent neither fails nor undoes: it goes on at its next start.
      tools.signal.throwIfAborted();
      // Committed is committed: what is left is only cleaning, which the next change does too.
      if (step === 'clean') break;
      const reason = messageOf(error).slice(0, 1900);
      // What did not hold after it was applied would not hold the next time either: only a newer desired state may try it again.
      const isTransient = error instanceof AppError && error.kind === 'unavailable' && step !== 'verify';
      watcher.logger.warn('a step failed', { facet: tools.driver.facet, step, reason, target: transaction.target?.path });
      return undo({ ...transaction, phase: 'undo', failure: { reason, step, isTransient } }, tools, watcher);
    }
  }
  tools.journal.endTransaction();
  return { kind: 'applied' };
}

/** The time to confirm runs from before the first effect. A change that was broken off in another run of the box is not begun again. */
function beginApplying(transaction: DriverTransaction, { boot, monotonicMs }: DriverTools): DriverTransaction {
  if (transaction.applied && transaction.applied.boot !== boot)
    throw new AppError('invalid', 'reconcile.restarted', 'the box was restarted in the middle of the change');
  return { ...transaction, applied: transaction.applied ?? { boot, atMs: monotonicMs() } };
}

async function undo(transaction: DriverTransaction, tools: DriverTools, { onStep, logger }: DriverWatcher): Promise<DriverOutcome> {
  const { journal, driver, boot } = tools;
  const { before, target, order } = transaction;
  const { reason, step, isTransient } = transaction.failure!;
  if (transaction.applied) {
    onStep('restore', reason);
    try {
      journal.writeTransaction(transaction);
    } catch (error) {
      // A full disk must not keep the box from being put back: without the note a crash only means to try forward again.
      logger.warn('an undo could not be journaled; it is done without', { facet: driver.facet, error: messageOf(error) });
    }
    const tried = target && tools.content.read(target.sha256);
    const { expectedDigest } = await bounded(tools, 'undoing', driver.apply(before && contentOf(before, tools), tried));
    const refused = isTransient ? null : { order, sha256: target?.sha256 ?? null, reason, step };
    journal.update({ committed: before && { target: before, expectedDigest, boot }, refused });
  }
  journal.endTransaction();
  return { kind: 'failed', reason, step, isTransient };
}
