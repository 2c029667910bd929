import { InjectQueue, OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { AppError, type Logger, messageOf, withDeadline } from '@phalanx/kit';
import { type Job, Queue } from 'bullmq';
import { LOGGER } from '../log/logger.token.js';
import { WORK_QUEUE } from './queue-connection.js';
import { type WorkHandler, type WorkOptions, type WorkPayload, WorkQueue } from './work-queue.js';

const STORE_DEADLINE_MS = 20_000;
const RETRIES = { attempts: 5, backoff: { type: 'exponential', delay: 1_000 }, removeOnComplete: true, removeOnFail: 100 } as const;

/** `WorkQueue` over one BullMQ queue whose jobs are told apart by name. */
@Injectable()
export class BullWorkQueue extends WorkQueue implements OnModuleInit, OnApplicationBootstrap {
  private readonly handlers = new Map<string, WorkHandler>();
  private readonly intervals = new Map<string, number>();

  constructor(
    @InjectQueue(WORK_QUEUE) private readonly queue: Queue,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
    // Without a listener an interrupted connection would end the process.
    queue.on('error', (error) => this.logger.warn('the work queue lost its store; it comes back by itself', { error: messageOf(error) }));
  }

  /** A store that can't be reached ends the start with its reason, rather than let it wait for ever. */
  async onModuleInit(): Promise<void> {
    await withDeadline(STORE_DEADLINE_MS, 'reaching the work queue’s store', () => this.queue.waitUntilReady());
  }

  handle(name: string, handler: WorkHandler): void {
    if (this.handlers.has(name)) throw new AppError('bug', 'queue.second-handler', `the job ${name} already has its handler`);
    this.handlers.set(name, handler);
  }

  every(name: string, intervalMs: number, handler: WorkHandler): void {
    this.handle(name, handler);
    this.intervals.set(name, intervalMs);
  }

  async add(name: string, payload: WorkPayload, options: WorkOptions = {}): Promise<void> {
    await this.queue.add(name, payload, {
      ...RETRIES,
      ...(options.delayMs ? { delay: options.delayMs } : {}),
      ...(options.onceAs ? { deduplication: { id: `${name}:${options.onceAs}` } } : {}),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const [name, every] of this.intervals) await this.queue.upsertJobScheduler(name, { every }, { name, data: {}, opts: RETRIES });
    for (const scheduler of await this.queue.getJobSchedulers()) {
      if (!this.intervals.has(scheduler.key)) await this.queue.removeJobScheduler(scheduler.key);
    }
  }

  async run(name: string, payload: WorkPayload): Promise<void> {
    const handler = this.handlers.get(name);
    // A job of an older or newer version: its own sweep will ask again.
    if (!handler) return this.logger.warn('a job without a handler was dropped', { job: name });
    await handler(payload);
  }

  failed(name: string, error: unknown, final: boolean): void {
    const fields = { job: name, error: messageOf(error) };
    if (final) this.logger.error('a job failed for good', fields);
    else this.logger.warn('a job failed; it will be tried again', fields);
  }
}

/** Takes the jobs. Only processes with the role `worker` have it. */
@Processor(WORK_QUEUE, { concurrency: 4, lockDuration: 10_000, stalledInterval: 4_000 })
export class WorkProcessor extends WorkerHost {
  constructor(private readonly work: BullWorkQueue) {
    super();
  }

  async process(job: Job): Promise<void> {
    await this.work.run(job.name, job.data as WorkPayload);
  }

  @OnWorkerEvent('failed')
  onFailed(job: Job | undefined, error: Error): void {
    this.work.failed(job?.name ?? 'unknown', error, !job || job.attemptsMade >= (job.opts.attempts ?? 1));
  }

  /** Connection trouble is the queue's to mend; unheard, it would end the process. */
  @OnWorkerEvent('error')
  onError(): void {}
}
