export interface WorkOptions {
  readonly delayMs?: number;
  /** While a job with this id waits, another with it is not added. */
  readonly onceAs?: string;
}

/** A job's payload: ids only. Its truth is in tables, so losing the queue loses no work. */
export type WorkPayload = Readonly<Record<string, string | number>>;
export type WorkHandler = (payload: WorkPayload) => Promise<void>;

/** Wakes work (BullMQ). Handlers run at least once and must bear repetition; they run in processes with the role `worker`. */
export abstract class WorkQueue {
  /** Registers the handler of a job name (`feature.verb`). Before the application starts. */
  abstract handle(name: string, handler: WorkHandler): void;
  /** Runs a handler about every interval, once for all replicas together. Before the application starts. */
  abstract every(name: string, intervalMs: number, handler: WorkHandler): void;
  abstract add(name: string, payload: WorkPayload, options?: WorkOptions): Promise<void>;
}
