import { fork, type ChildProcess, type SendHandle } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AppError } from '@phalanx/kit';
import type { CollectionSharing } from '@phalanx/seclang';
import { arrivedError } from '../engine-errors.js';
import type { WorkerAnswer, WorkerRequest, WorkerStatus } from '../worker/worker-messages.js';

/** The argument by which the engine's program knows that it is to be a worker. */
export const WORKER_ARGUMENT = '--worker-process';

/**
 * A worker holds many requests at once, so that most of what they are made of lives through a collection of young memory. V8 would conclude
 * that it lives for ever and make it in old memory, where it keeps whatever it refers to alive until all memory is gone through.
 */
const MEMORY_OPTIONS = ['--no-allocation-site-pretenuring'];

type Answered = Extract<WorkerAnswer, { id: number }>;
type Asking = Extract<WorkerRequest, { id: number }>;
type WithoutId<R> = R extends Asking ? Omit<R, 'id'> : never;

interface Waiting {
  readonly resolve: (answer: Answered) => void;
  readonly reject: (error: AppError) => void;
  readonly timer: NodeJS.Timeout;
}

export interface WorkerHandleEvents {
  onReady(): void;
  onExit(reason: string): void;
  onSharing(sharing: CollectionSharing): void;
}

/** One worker process as the primary sees it. */
export class WorkerHandle {
  readonly index: number;
  readonly pid: number;
  readonly startedAtMs = performance.now();
  /** `performance.now()` of the last message from it. */
  lastHeardMs = performance.now();
  /** Number of the generation that it has committed; null before the first. */
  generation: number | null = null;
  isReady = false;
  /** The CPU that it had used when it had fallen silent; null while it answers. */
  silence: { readonly cpuMs: number } | null = null;
  /** It is being given what the others run. */
  isComingUp = false;
  /** What it last said of itself; also when it has stopped answering. */
  lastStatus: WorkerStatus | null = null;
  /** Why it doesn't run what it should; empty when it does. */
  problem = '';
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;

  constructor(index: number, events: WorkerHandleEvents) {
    this.index = index;
    const main = fileURLToPath(new URL('../main.js', import.meta.url));
    this.#child = fork(main, [WORKER_ARGUMENT], {
      execArgv: [...process.execArgv, ...MEMORY_OPTIONS],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.pid = this.#child.pid ?? 0;
    this.#child.on('message', (answer) => this.#receive(answer as WorkerAnswer, events));
    this.#child.on('error', (error) => {
      this.problem = error.message;
      // A process that never started has no exit.
      if (this.#child.pid === undefined) this.#ended(events, error.message);
    });
    this.#child.on('exit', (code, signal) => this.#ended(events, signal === null ? `exited with code ${code}` : `ended by ${signal}`));
  }

  /** Sends without waiting for an answer. To a process that is gone it does nothing. */
  tell(message: WorkerRequest): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Sends a bound socket. To a process that is gone it does nothing. */
  give(message: WorkerRequest, socket: object): void {
    if (this.#child.connected) this.#child.send(message, socket as SendHandle, () => undefined);
  }

  /** Sends and waits. Rejects with `unavailable` past the deadline or when the process ends, and with the worker's own reason when it refuses. */
  ask(message: WithoutId<Asking>, deadlineMs: number): Promise<Answered> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(this.#unavailable(`did not answer within ${deadlineMs} ms`));
      }, deadlineMs);
      this.#waiting.set(id, { resolve, reject, timer });
      this.tell({ ...message, id } as Asking);
    });
  }

  kill(signal: 'SIGKILL' | 'SIGTERM'): void {
    this.#child.kill(signal);
  }

  #unavailable(what: string): AppError {
    return new AppError('unavailable', 'engine.worker-silent', `worker ${this.index} (pid ${this.pid}) ${what}`);
  }

  #receive(answer: WorkerAnswer, events: WorkerHandleEvents): void {
    this.lastHeardMs = performance.now();
    this.silence = null;
    if (answer.type === 'ready') {
      this.isReady = true;
      events.onReady();
      return;
    }
    if (answer.type === 'sharing') return events.onSharing(answer.sharing);
    if (answer.type === 'status') this.lastStatus = answer;
    const waiting = this.#waiting.get(answer.id);
    if (!waiting) return;
    this.#waiting.delete(answer.id);
    clearTimeout(waiting.timer);
    if (answer.type === 'refused') {
      waiting.reject(arrivedError(answer.error, `worker ${this.index} (pid ${this.pid}): `));
    } else waiting.resolve(answer);
  }

  #ended(events: WorkerHandleEvents, reason: string): void {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(this.#unavailable(reason));
    }
    this.#waiting.clear();
    events.onExit(reason);
  }
}
