import { Worker } from 'node:worker_threads';
import { AppError } from '@phalanx/kit';
import { arrivedError } from '../engine-errors.js';
import type { CompileAnswer, CompiledRuleset, CompileRequest, RulesToCompile } from './compile-messages.js';

const COMPILE_DEADLINE_MS = 60_000;
/** A thread that has had nothing to do for this long gives its memory back. */
const IDLE_MS = 60_000;

interface Waiting {
  readonly resolve: (compiled: CompiledRuleset) => void;
  readonly reject: (error: AppError) => void;
  readonly timer: NodeJS.Timeout;
}

/** Compiles in a thread of its own, so that the control loop answers meanwhile. The thread is kept: its second compilation is much faster. */
export class RulesetCompiler {
  #thread: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;
  #nextId = 1;
  readonly #waiting = new Map<number, Waiting>();

  /** Compiles rules into `folder`. Rejects with `invalid` (`file:line: reason`), or `unavailable` past the deadline. */
  compile(rules: RulesToCompile, folder: string): Promise<CompiledRuleset> {
    const id = this.#nextId++;
    const request: CompileRequest = { id, rules, folder };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail(new AppError('unavailable', 'engine.compile-deadline', `the rules did not compile within ${COMPILE_DEADLINE_MS} ms`));
      }, COMPILE_DEADLINE_MS);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#started().postMessage(request);
    });
  }

  /** Ends the thread. What still compiles is refused. */
  close(): void {
    this.#fail(new AppError('unavailable', 'engine.draining', 'the engine is stopping'));
  }

  #started(): Worker {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    if (this.#thread) return this.#thread;
    const thread = new Worker(new URL('./compile-thread.js', import.meta.url));
    thread.on('message', (answer: CompileAnswer) => this.#settle(answer));
    thread.on('error', (error) => {
      if (this.#thread === thread)
        this.#fail(new AppError('bug', 'engine.compile-crashed', `the compiler failed: ${error.message}`, { cause: error }));
    });
    thread.unref();
    this.#thread = thread;
    return thread;
  }

  #settle(answer: CompileAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if (!waiting) return;
    this.#waiting.delete(answer.id);
    clearTimeout(waiting.timer);
    if (answer.ok) waiting.resolve(answer.compiled);
    else waiting.reject(arrivedError(answer.error));
    if (this.#waiting.size > 0) return;
    this.#idle = setTimeout(() => this.close(), IDLE_MS);
    this.#idle.unref();
  }

  #fail(error: AppError): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    const thread = this.#thread;
    this.#thread = null;
    void thread?.terminate();
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }
}
