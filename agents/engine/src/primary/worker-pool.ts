import type { WorkerState } from '@phalanx/contracts';
import { backoffMs, messageOf, sleep, type Logger } from '@phalanx/kit';
import type { CollectionSharing } from '@phalanx/seclang';
import type { SpoolUse } from '../events/spool-space.js';
import type { MetricsLedger } from '../metrics/metrics-ledger.js';
import { activityOf } from '../process-identity.js';
import type { WorkerSetup, WorkerStatus } from '../worker/worker-messages.js';
import { WorkerHandle } from './worker-handle.js';

const CHECK_INTERVAL_MS = 500;
const STATUS_DEADLINE_MS = 2_000;
/** A worker that has been silent for this long is shown as `unresponsive`. */
const SILENT_AFTER_MS = 2_000;
/** One that has been silent for this long is killed and replaced if it is stuck: stopped, or busy with something that does not end. */
const KILL_STUCK_AFTER_MS = 3_000;
/** One that only gets no CPU is given this long: replacing it would make a crowded machine slower still. */
const KILL_AFTER_SILENCE_MS = 10_000;
/** Silence from which on its CPU is looked at. */
const LOOK_AFTER_MS = 1_000;
/** Nothing that a worker does in one go takes so much CPU. */
const STUCK_CPU_MS = 1_000;
const START_DEADLINE_MS = 30_000;
/** A worker that lived for this long has started well: the next failure is the first one again. */
const HEALTHY_AFTER_MS = 30_000;

export interface WorkerPoolEvents {
  /** A worker can take a generation now. */
  onReady(worker: WorkerHandle): void;
  onLost(index: number, pid: number, reason: string): void;
  /** A worker's collections are no longer shared with the others, or are again. */
  onSharing(index: number, sharing: CollectionSharing): void;
}

/** The place of one worker; the process in it changes. */
interface Slot {
  readonly index: number;
  worker: WorkerHandle | null;
  lastPid: number;
  failures: number;
  reason: string;
  restart: NodeJS.Timeout | null;
}

/** Keeps a fixed number of worker processes alive: replaces the dead after a back-off, and kills those that have stopped answering. */
export class WorkerPool {
  readonly #slots: Slot[];
  readonly #setup: (index: number) => WorkerSetup;
  readonly #metrics: MetricsLedger;
  readonly #events: WorkerPoolEvents;
  readonly #logger: Logger;
  readonly #watch: NodeJS.Timeout;
  #lastCheckMs = performance.now();
  #isStopping = false;

  constructor(size: number, setup: (index: number) => WorkerSetup, metrics: MetricsLedger, events: WorkerPoolEvents, logger: Logger) {
    this.#setup = setup;
    this.#metrics = metrics;
    this.#events = events;
    this.#logger = logger;
    this.#slots = Array.from({ length: size }, (_, index) => ({ index, worker: null, lastPid: 0, failures: 0, reason: '', restart: null }));
    for (const slot of this.#slots) this.#start(slot);
    this.#watch = setInterval(() => this.#check(), CHECK_INTERVAL_MS);
  }

  get size(): number {
    return this.#slots.length;
  }

  /** The workers that live and have said that they are ready. */
  ready(): WorkerHandle[] {
    return this.#slots.flatMap(({ worker }) => (worker?.isReady ? [worker] : []));
  }

  /** Asks every worker for its own word. One that doesn't answer in time is shown with what it last said. */
  async states(): Promise<WorkerState[]> {
    return Promise.all(this.#slots.map((slot) => this.#state(slot)));
  }

  /** Where the workers listen, by the word of the first that knows. */
  listeners(): WorkerStatus['listeners'] {
    return this.ready().find(({ lastStatus }) => lastStatus !== null && lastStatus.listeners.length > 0)?.lastStatus?.listeners ?? [];
  }

  /** Gets fresh figures of every worker into the ledger, as far as they answer in time. */
  async refreshMetrics(): Promise<void> {
    await Promise.all(this.ready().map((worker) => this.#ask(worker)));
  }

  broadcastSpool(use: SpoolUse): void {
    for (const worker of this.ready()) worker.tell({ type: 'spool', use });
  }

  /** Ends all workers: each finishes what is in flight within the deadline, then what is left is killed. */
  async drain(deadlineMs: number): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#watch);
    for (const { restart } of this.#slots) if (restart) clearTimeout(restart);
    for (const { worker } of this.#slots) worker?.tell({ type: 'drain', deadlineMs });
    const until = performance.now() + deadlineMs + 1_000;
    while (this.#slots.some(({ worker }) => worker !== null) && performance.now() < until) await sleep(20);
    for (const { worker } of this.#slots) worker?.kill('SIGKILL');
    while (this.#slots.some(({ worker }) => worker !== null) && performance.now() < until + 2_000) await sleep(20);
  }

  #start(slot: Slot): void {
    slot.restart = null;
    const worker = new WorkerHandle(slot.index, {
      onReady: () => this.#events.onReady(worker),
      onExit: (reason) => this.#exited(slot, worker, reason),
      onSharing: (sharing) => this.#events.onSharing(slot.index, sharing),
    });
    slot.worker = worker;
    slot.lastPid = worker.pid;
    worker.tell(this.#setup(slot.index));
  }

  #exited(slot: Slot, worker: WorkerHandle, reason: string): void {
    if (slot.worker !== worker) return;
    slot.worker = null;
    this.#metrics.ended(`worker-${slot.index}`);
    if (this.#isStopping) return;
    if (performance.now() - worker.startedAtMs > HEALTHY_AFTER_MS) slot.failures = 0;
    slot.reason = worker.problem === '' ? reason : `${reason}: ${worker.problem}`;
    // The first one is replaced at once: its connections are waiting.
    const delayMs = slot.failures === 0 ? 0 : backoffMs(slot.failures, { firstMs: 200, maxMs: 10_000 });
    slot.failures++;
    this.#logger.warn('a worker ended and is replaced', { worker: slot.index, pid: worker.pid, reason: slot.reason, delayMs });
    slot.restart = setTimeout(() => this.#start(slot), delayMs);
    this.#events.onLost(slot.index, worker.pid, slot.reason);
  }

  #check(): void {
    const now = performance.now();
    const gapMs = now - this.#lastCheckMs - CHECK_INTERVAL_MS;
    this.#lastCheckMs = now;
    for (const { worker } of this.#slots) {
      if (!worker) continue;
      // If this process itself was held up, silence says nothing of the worker.
      if (gapMs > CHECK_INTERVAL_MS) worker.lastHeardMs += gapMs;
      const silentMs = now - worker.lastHeardMs;
      const stuck = worker.isReady ? whyStuck(worker, silentMs) : '';
      if (stuck !== '' || silentMs > (worker.isReady ? KILL_AFTER_SILENCE_MS : START_DEADLINE_MS)) {
        worker.problem = `it had been silent for ${Math.round(silentMs)} ms${stuck}`;
        worker.kill('SIGKILL');
      } else if (worker.isReady) void this.#ask(worker);
    }
  }

  async #ask(worker: WorkerHandle): Promise<WorkerStatus | null> {
    try {
      const answer = await worker.ask({ type: 'status' }, STATUS_DEADLINE_MS);
      if (answer.type !== 'status') return null;
      this.#metrics.report(`worker-${worker.index}`, answer.metrics);
      for (const [source, count] of answer.refused) this.#metrics.refused.add(source, count);
      return answer;
    } catch (error) {
      this.#logger.debug('a worker did not tell its status', { reason: messageOf(error) });
      return null;
    }
  }

  async #state(slot: Slot): Promise<WorkerState> {
    const { worker } = slot;
    const digests = (status: WorkerStatus | null): Pick<WorkerState, 'policyDigest' | 'rulesetDigest'> => ({
      policyDigest: status?.policyDigest ?? null,
      rulesetDigest: status?.rulesetDigest ?? null,
    });
    if (!worker) {
      return { index: slot.index, pid: Math.max(1, slot.lastPid), state: 'failed', ...digests(null), reason: slot.reason.slice(0, 500) };
    }
    const head = { index: slot.index, pid: Math.max(1, worker.pid) };
    if (!worker.isReady) return { ...head, state: 'starting', ...digests(null) };
    const isSilent = performance.now() - worker.lastHeardMs > SILENT_AFTER_MS;
    const status = isSilent ? null : await this.#ask(worker);
    if (!status) {
      const silentMs = Math.round(performance.now() - worker.lastHeardMs);
      return { ...head, state: 'unresponsive', ...digests(worker.lastStatus), reason: `it has been silent for ${silentMs} ms` };
    }
    if (worker.problem !== '') return { ...head, state: 'failed', ...digests(status), reason: worker.problem.slice(0, 500) };
    return { ...head, state: 'serving', ...digests(status) };
  }
}

/** Says of a silent worker what keeps it from answering, if that is clear; empty when it isn't, or when it is too early to say. */
function whyStuck(worker: WorkerHandle, silentMs: number): string {
  if (silentMs < LOOK_AFTER_MS) return '';
  const activity = activityOf(worker.pid);
  if (activity === null) return '';
  worker.silence ??= { cpuMs: activity.cpuMs };
  if (silentMs < KILL_STUCK_AFTER_MS) return '';
  if (activity.isStopped) return ': it was stopped';
  const usedMs = activity.cpuMs - worker.silence.cpuMs;
  return usedMs > STUCK_CPU_MS ? `: it was busy, with ${usedMs} ms of CPU` : '';
}
