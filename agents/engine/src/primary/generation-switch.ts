import { AppError, messageOf, sleep, type Logger } from '@phalanx/kit';
import type { Generation, GenerationDigests } from '../worker/worker-messages.js';
import type { WorkerHandle } from './worker-handle.js';
import type { WorkerPool } from './worker-pool.js';

/** Workers start beside each other: on a busy machine that takes its time. */
const READY_DEADLINE_MS = 30_000;
/** For reading and building, and for each ruleset that has to be warmed up, between the requests of a busy worker. The watchdog sees a stuck one. */
const PREPARE_DEADLINE_MS = 15_000;
const PREPARE_RULESET_MS = 2_000;
const PREPARE_LONGEST_MS = 45_000;
const COMMIT_DEADLINE_MS = 5_000;

/** A generation with the digests that each worker must show for it. */
export interface ExpectedGeneration {
  readonly generation: Generation;
  readonly expected: GenerationDigests;
}

/**
 * Moves all workers to a generation, or none. (1) Every worker prepares: reads, verifies, builds, and says which digests it
 * holds. If one refuses, doesn't answer or holds something else, all forget it. (2) Every worker commits. If one can't, those that
 * did go back; one that falls silent just there is killed, and its successor begins with the committed generation.
 */
export class GenerationSwitch {
  readonly #pool: WorkerPool;
  readonly #logger: Logger;
  readonly #equip: (worker: WorkerHandle) => void;
  #committed: ExpectedGeneration | null = null;
  #isSwitching = false;

  /** `equip` gives a worker what it needs before it prepares. */
  constructor(pool: WorkerPool, logger: Logger, equip: (worker: WorkerHandle) => void = () => undefined) {
    this.#pool = pool;
    this.#logger = logger;
    this.#equip = equip;
  }

  get committed(): ExpectedGeneration | null {
    return this.#committed;
  }

  /** Rejects with the reason, naming the worker; then all workers run what they ran before. */
  async switchTo(next: ExpectedGeneration): Promise<void> {
    this.#isSwitching = true;
    try {
      const workers = await this.#allReady();
      await this.#prepareAll(workers, next);
      await this.#commitAll(workers, next);
      this.#committed = next;
    } finally {
      this.#isSwitching = false;
      // Who came up meanwhile has nothing yet, or something that was given up.
      for (const worker of this.#pool.ready()) void this.bringUp(worker);
    }
  }

  /** Gives a worker that has just started what the others run. One that can't take it is ended, and so replaced. */
  async bringUp(worker: WorkerHandle): Promise<void> {
    if (worker.isComingUp) return;
    worker.isComingUp = true;
    try {
      while (this.#committed !== null && !this.#isSwitching && worker.generation !== this.#committed.generation.number) {
        await this.#give(worker, this.#committed);
      }
    } catch (error) {
      worker.problem = messageOf(error);
      this.#logger.error('a worker could not take what the others run, and is replaced', { worker: worker.index, reason: worker.problem });
      worker.kill('SIGKILL');
    } finally {
      worker.isComingUp = false;
    }
  }

  async #give(worker: WorkerHandle, target: ExpectedGeneration): Promise<void> {
    const { number } = target.generation;
    await this.#prepare(worker, target);
    await worker.ask({ type: 'commit', number }, COMMIT_DEADLINE_MS);
    worker.generation = number;
    worker.problem = '';
  }

  async #allReady(): Promise<WorkerHandle[]> {
    const until = performance.now() + READY_DEADLINE_MS;
    for (;;) {
      const ready = this.#pool.ready();
      if (ready.length === this.#pool.size && !ready.some(({ isComingUp }) => isComingUp)) return ready;
      if (performance.now() > until) {
        const missing = this.#pool.size - ready.length;
        throw new AppError(
          'unavailable',
          'engine.worker-missing',
          `${Math.max(1, missing)} of ${this.#pool.size} workers are not running yet`,
        );
      }
      await sleep(20);
    }
  }

  async #prepareAll(workers: readonly WorkerHandle[], next: ExpectedGeneration): Promise<void> {
    const reasons: AppError[] = [];
    // Building takes a worker's time: while some build, the others take what comes.
    const atOnce = Math.ceil(workers.length / 2);
    for (let first = 0; first < workers.length && reasons.length === 0; first += atOnce) {
      const results = await Promise.allSettled(workers.slice(first, first + atOnce).map((worker) => this.#prepare(worker, next)));
      for (const result of results) if (result.status === 'rejected') reasons.push(result.reason as AppError);
    }
    if (reasons.length === 0) return;
    for (const worker of workers) worker.tell({ type: 'abort', number: next.generation.number });
    throw combined(reasons);
  }

  async #prepare(worker: WorkerHandle, next: ExpectedGeneration): Promise<void> {
    const { generation } = next;
    this.#equip(worker);
    const deadlineMs = Math.min(PREPARE_LONGEST_MS, PREPARE_DEADLINE_MS + generation.rulesets.length * PREPARE_RULESET_MS);
    const answer = await worker.ask({ type: 'prepare', generation }, deadlineMs);
    const { policyDigest, rulesetDigest } = next.expected;
    if (answer.type !== 'prepared' || answer.policyDigest !== policyDigest || answer.rulesetDigest !== rulesetDigest) {
      throw new AppError('bug', 'engine.digest-mismatch', `worker ${worker.index} (pid ${worker.pid}) holds other rules than it was given`);
    }
  }

  async #commitAll(workers: readonly WorkerHandle[], next: ExpectedGeneration): Promise<void> {
    const { number } = next.generation;
    const results = await Promise.allSettled(workers.map((worker) => worker.ask({ type: 'commit', number }, COMMIT_DEADLINE_MS)));
    const refusals: AppError[] = [];
    for (const [i, result] of results.entries()) {
      const worker = workers[i];
      if (!worker) continue;
      if (result.status === 'fulfilled') worker.generation = number;
      else if ((result.reason as AppError).code === 'engine.worker-silent') worker.kill('SIGKILL');
      else refusals.push(result.reason as AppError);
    }
    if (refusals.length === 0) return;
    const previous = this.#committed?.generation.number ?? null;
    await Promise.all(workers.filter((worker) => worker.generation === number).map((worker) => this.#revert(worker, number, previous)));
    throw combined(refusals);
  }

  async #revert(worker: WorkerHandle, number: number, previous: number | null): Promise<void> {
    try {
      await worker.ask({ type: 'revert', number }, COMMIT_DEADLINE_MS);
      worker.generation = previous;
    } catch (error) {
      this.#logger.error('a worker could not go back and is replaced', { worker: worker.index, reason: messageOf(error) });
      worker.kill('SIGKILL');
    }
  }
}

function combined(reasons: readonly AppError[]): AppError {
  const [first] = reasons;
  if (!first) throw new AppError('bug', 'engine.no-reason', 'a switch failed without a reason');
  return new AppError(first.kind, first.code, reasons.map(messageOf).join('; '));
}
