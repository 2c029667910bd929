import { AppError, messageOf, type Logger } from '@phalanx/kit';
import { carriedError } from '../engine-errors.js';
import { EventWriter } from '../events/event-writer.js';
import { LossCounter } from '../events/loss-counter.js';
import { SharedRate } from '../events/shared-rate.js';
import { SpoolSpace } from '../events/spool-space.js';
import { lineLogger } from '../line-logger.js';
import { WorkerMetrics } from '../metrics/worker-metrics.js';
import { ownIdentity } from '../process-identity.js';
import { DataPlane } from './data-plane.js';
import { PolicyGates } from './policy-gates.js';
import type { WorkerAnswer, WorkerRequest, WorkerSetup, WorkerStatus } from './worker-messages.js';

/** How long a worker whose primary has died goes on serving: until then there should be a new engine, which ends it. */
const ORPHAN_SERVE_MS = 10_000;
/** How long requests in flight get when nobody says how long. */
const ORPHAN_DRAIN_MS = 10_000;
/** Until the first policy says otherwise. */
const FIRST_SPOOL_LIMIT_BYTES = 64 * 1024 * 1024;
const FIRST_FOLD_ABOVE = 100;

/** What a worker consists of, once it was set up. */
interface Parts {
  readonly setup: WorkerSetup;
  readonly space: SpoolSpace;
  readonly events: EventWriter;
  readonly metrics: WorkerMetrics;
  readonly plane: DataPlane;
}

function assemble(setup: WorkerSetup, logger: Logger): Parts {
  const identity = ownIdentity();
  const space = new SpoolSpace(FIRST_SPOOL_LIMIT_BYTES, setup.workers);
  space.measured(setup.spool);
  const losses = new LossCounter(setup.counterPath, setup.spoolFolder, identity);
  const events = new EventWriter({
    folder: setup.spoolFolder,
    writer: `worker-${setup.index}`,
    identity,
    space,
    losses,
    logger,
    rate: new SharedRate(setup.ratePath, setup.index, setup.workers),
    foldAbovePerSecond: FIRST_FOLD_ABOVE,
  });
  const metrics = new WorkerMetrics();
  const plane = new DataPlane({
    ticketKeys: Buffer.from(setup.ticketKeys, 'base64'),
    hooks: {
      onExchangeEnd: (_exchange, outcome, durationMs) => metrics.exchangeEnded(outcome.status, durationMs),
    },
    gates: new PolicyGates({ events, metrics, bootId: identity.bootId }),
    logger,
  });
  return { setup, space, events, metrics, plane };
}

/** The life of a worker process: it does what the primary's messages say, and ends when the primary is gone. */
export class WorkerProcess {
  #logger: Logger = lineLogger({ process: 'worker' });
  #parts: Parts | null = null;
  #isEnding = false;

  /** Begins to listen for the primary. */
  static run(): void {
    const worker = new WorkerProcess();
    process.on('message', (message) => void worker.#receive(message as WorkerRequest));
    process.on('disconnect', () => worker.#orphaned());
    // A terminal's Ctrl-C goes to every process of the group; the primary says when workers end.
    for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
    process.on('SIGTERM', () => void worker.#end(ORPHAN_DRAIN_MS));
  }

  #orphaned(): void {
    if (this.#isEnding) return;
    this.#logger.warn('the primary is gone');
    setTimeout(() => void this.#end(ORPHAN_DRAIN_MS), ORPHAN_SERVE_MS);
  }

  async #receive(message: WorkerRequest): Promise<void> {
    try {
      await this.#handle(message);
    } catch (error) {
      const known = carriedError(error);
      if (known.kind === 'bug') this.#logger.error('a message of the primary failed', { type: message.type, reason: known.message });
      if ('id' in message) answer({ type: 'refused', id: message.id, error: known });
    }
  }

  async #handle(message: WorkerRequest): Promise<void> {
    if (message.type === 'setup') {
      this.#logger = this.#logger.child({ worker: message.index });
      this.#parts = assemble(message, this.#logger);
      answer({ type: 'ready' });
      return;
    }
    const parts = this.#parts;
    if (!parts) throw new AppError('bug', 'engine.not-set-up', 'a worker was spoken to before its set-up');
    switch (message.type) {
      case 'prepare':
        answer({ type: 'prepared', id: message.id, ...(await parts.plane.prepare(message.generation)) });
        return;
      case 'commit':
        await parts.plane.commit(message.number);
        configure(parts);
        answer({ type: 'committed', id: message.id });
        return;
      case 'revert':
        await parts.plane.revert(message.number);
        configure(parts);
        answer({ type: 'committed', id: message.id });
        return;
      case 'abort':
        parts.plane.abort(message.number);
        return;
      case 'status':
        answer({ type: 'status', id: message.id, ...statusOf(parts) });
        return;
      case 'spool':
        parts.space.measured(message.use);
        return;
      case 'drain':
        await this.#end(message.deadlineMs);
        return;
    }
  }

  async #end(drainMs: number): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    try {
      await this.#parts?.plane.close(drainMs);
      await this.#parts?.events.close();
    } catch (error) {
      this.#logger.error('the worker did not end cleanly', { reason: messageOf(error) });
      process.exit(1);
    }
    process.exit(0);
  }
}

function answer(message: WorkerAnswer): void {
  if (process.connected) process.send?.(message);
}

/** Takes over what the policy says of events. */
function configure({ plane, events, space, setup }: Parts): void {
  const policy = plane.policy;
  if (!policy) return;
  events.setFoldAbove(policy.events.foldAbovePerSecond);
  space.configure(policy.events.spoolLimitBytes, setup.workers);
}

function statusOf({ plane, metrics, events }: Parts): WorkerStatus {
  const digests = plane.digests();
  return {
    policyDigest: digests?.policyDigest ?? null,
    rulesetDigest: digests?.rulesetDigest ?? null,
    metrics: metrics.snapshot({ connections: plane.connections, eventsWritten: events.written, eventsLost: events.lost }),
    listeners: plane.listeners().map(({ address, port, tls }) => ({ address, port, tls })),
  };
}
