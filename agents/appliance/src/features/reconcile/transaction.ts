import type { StateOrder } from '@phalanx/contracts';
import { AppError, canonicalJson, type Logger, messageOf } from '@phalanx/kit';
import { execute, objectionOf, type Tools } from './executors.js';
import { type Committed, indexOfStep, type Transaction } from './journal.js';
import { type FacetTarget, LAST_RECALLABLE, planSteps, type StepKind } from './steps.js';

/** How a change ended. `recalled`: something newer is wanted, and nothing had been switched yet. */
export type Outcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'recalled' }
  | { readonly kind: 'failed'; readonly reason: string; readonly step: StepKind | 'restore'; readonly isTransient: boolean };

export interface Watcher {
  /** Called before each step; `failure` says why it is an undo. */
  readonly onStep: (step: StepKind | 'restore', failure: string | null) => void;
  /** True when this change is no longer wanted. */
  readonly isRecalled: () => boolean;
}

/** A change to these targets, from its first step. */
export function newTransaction(order: StateOrder, targets: readonly FacetTarget[], before: Committed): Transaction {
  const copies = targets.map(({ facet, target }) => ({ facet, target }));
  return {
    order,
    targets: copies,
    steps: planSteps(copies),
    next: 0,
    phase: 'forward',
    before,
    expected: null,
    snapshot: {},
    failure: null,
  };
}

/**
 * Runs a change to its end: all of it, or none of it. Each step is in the journal before it is done; after a crash the same call goes on
 * from there. Rejects only when an undo can't be finished now; the journal then still holds it.
 */
export async function runTransaction(started: Transaction, tools: Tools, watcher: Watcher, logger: Logger): Promise<Outcome> {
  let transaction = started;
  if (transaction.phase === 'undo') return undo(transaction, tools, watcher, logger);
  while (transaction.next < transaction.steps.length) {
    const step = transaction.steps[transaction.next]!;
    const isRecallable = transaction.next <= indexOfStep(transaction, LAST_RECALLABLE);
    if (isRecallable && watcher.isRecalled()) {
      tools.journal.endTransaction();
      return { kind: 'recalled' };
    }
    watcher.onStep(step.kind, null);
    try {
      tools.signal.throwIfAborted();
      tools.journal.writeTransaction(transaction);
      const progress = await execute(step, transaction, tools);
      transaction = { ...transaction, ...progress, next: transaction.next + 1 };
    } catch (error) {
      // A stopping agent neither fails nor undoes: it goes on at its next start.
      tools.signal.throwIfAborted();
      // Committed is committed: what is left is only cleaning, which the next change does too.
      if (step.kind === 'clean') break;
      const isTransient = error instanceof AppError ? error.kind === 'unavailable' : false;
      const failure = { reason: messageOf(error).slice(0, 1900), step: step.kind, isTransient };
      logger.warn('a step failed', {
        step: step.kind,
        reason: failure.reason,
        targets: transaction.targets.map(({ target }) => target.path),
      });
      return undo({ ...transaction, phase: 'undo', failure }, tools, watcher, logger);
    }
  }
  tools.journal.endTransaction();
  return { kind: 'applied' };
}

async function undo(transaction: Transaction, tools: Tools, watcher: Watcher, logger: Logger): Promise<Outcome> {
  const failure = transaction.failure!;
  if (transaction.next >= indexOfStep(transaction, 'load')) {
    watcher.onStep('restore', failure.reason);
    rememberUndo(transaction, tools, logger);
    await restore(transaction, tools);
  }
  tools.files.clearStaged();
  tools.journal.endTransaction();
  return { kind: 'failed', reason: failure.reason, step: failure.step as StepKind, isTransient: failure.isTransient };
}

/** A full disk must not keep the engine from being put back: without the note a crash only means to try forward again. */
function rememberUndo(transaction: Transaction, { journal }: Tools, logger: Logger): void {
  try {
    journal.writeTransaction(transaction);
  } catch (error) {
    logger.warn('an undo could not be journaled; it is done without', { error: messageOf(error) });
  }
}

/** Files and workers as they were committed. Does nothing to an engine that never switched. */
async function restore(transaction: Transaction, tools: Tools): Promise<void> {
  const { files, content, engine, journal } = tools;
  for (const { facet } of transaction.targets) {
    const sha256 = transaction.snapshot[facet];
    if (sha256 === undefined) continue;
    const bytes = sha256 === null ? null : content.read(sha256);
    if (sha256 !== null && !bytes) throw new AppError('unavailable', 'reconcile.snapshot-lost', 'the bytes to go back to are lost');
    files.write('active', facet, bytes);
  }
  const { before } = transaction;
  if (canonicalJson(journal.readCommitted()) !== canonicalJson(before)) journal.writeCommitted(before);
  const { expected } = before;
  if (!expected) return;
  // A worker that is ill for a reason of its own must not keep the undo from ending: it stays visible in every report.
  if (objectionOf(await engine.status(), expected)) await engine.load('active');
}

/**
 * Where to take up a change after a restart: an engine that was restarted meanwhile has forgotten what was only staged, and must be told again.
 */
export async function takeUp(transaction: Transaction, tools: Tools): Promise<Transaction> {
  const load = indexOfStep(transaction, 'load');
  const isSwitched = transaction.phase === 'forward' && transaction.expected !== null && transaction.next > load;
  // After the commit the engine starts from the new files by itself.
  if (!isSwitched || transaction.next >= indexOfStep(transaction, 'clean')) return transaction;
  return objectionOf(await tools.engine.status(), transaction.expected!) ? { ...transaction, next: load, expected: null } : transaction;
}
