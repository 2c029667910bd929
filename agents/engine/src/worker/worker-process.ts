import { AppError, lineLogger, messageOf, type Logger } from '@phalanx/kit';
import type { ProxyHooks, SharedSocket } from '@phalanx/proxy';
import { JournalCollectionStore } from '@phalanx/seclang';
import { carriedError } from '../engine-errors.js';
import { WorkerMetrics } from '../metrics/worker-metrics.js';
import { ownIdentity } from '../process-identity.js';
import { StandaloneWorkerDoor } from '../standalone/standalone-worker-door.js';
import { ApplianceWorkerDoor } from './appliance-worker-door.js';
import { DataPlane } from './data-plane.js';
import type { WorkerDoor } from './worker-door.js';
import type { WorkerAnswer, WorkerRequest, WorkerSetup, WorkerStatus } from './worker-messages.js';

/** How long requests in flight get when nobody says how long. */
const ORPHAN_DRAIN_MS = 10_000;

/** What a worker consists of, once it was set up. */
interface Parts {
  readonly door: WorkerDoor;
  readonly collections: JournalCollectionStore;
  readonly metrics: WorkerMetrics;
  readonly plane: DataPlane;
}

function assemble(setup: WorkerSetup, logger: Logger): Parts {
  const { door: own, collectionsFolder } = setup;
  const metrics = new WorkerMetrics();
  const collections = new JournalCollectionStore({
    folder: collectionsFolder,
    bootId: ownIdentity().bootId,
    logger,
    onSharing: (sharing) => answer({ type: 'sharing', sharing }),
  });
  const door =
    own.kind === 'appliance'
      ? new ApplianceWorkerDoor(setup, own, metrics, collections, logger)
      : new StandaloneWorkerDoor(own, metrics, collections, logger);
  const hooks: ProxyHooks = { onExchangeEnd: (_exchange, outcome, durationMs) => metrics.exchangeEnded(outcome.status, durationMs) };
  return { door, collections, metrics, plane: new DataPlane({ hooks, door, logger }) };
}

/** The life of a worker process: it does what the primary's messages say, and ends when the primary is gone. */
export class WorkerProcess {
  #logger: Logger = lineLogger({ process: 'worker' });
  #parts: Parts | null = null;
  #isEnding = false;

  /** Begins to listen for the primary. */
  static run(): void {
    const worker = new WorkerProcess();
    process.on('message', (message, handle: unknown) => void worker.#receive(message as WorkerRequest, handle as SharedSocket | undefined));
    process.on('disconnect', () => worker.#orphaned());
    // A terminal's Ctrl-C goes to every process of the group; the primary says when workers end.
    for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
    process.on('SIGTERM', () => void worker.#end(ORPHAN_DRAIN_MS));
  }

  #orphaned(): void {
    if (this.#isEnding) return;
    this.#logger.warn('the primary is gone');
    setTimeout(() => void this.#end(ORPHAN_DRAIN_MS), this.#parts?.door.orphanServeMs ?? 0);
  }

  async #receive(message: WorkerRequest, socket: SharedSocket | undefined): Promise<void> {
    try {
      await this.#handle(message, socket);
    } catch (error) {
      const known = carriedError(error);
      if (known.kind === 'bug') this.#logger.error('a message of the primary failed', { type: message.type, reason: known.message });
      if ('id' in message) answer({ type: 'refused', id: message.id, error: known });
    }
  }

  async #handle(message: WorkerRequest, socket: SharedSocket | undefined): Promise<void> {
    if (message.type === 'setup') {
      this.#logger = this.#logger.child({ worker: message.index });
      this.#parts = assemble(message, this.#logger);
      answer({ type: 'ready' });
      return;
    }
    const parts = this.#parts;
    if (!parts) throw new AppError('bug', 'engine.not-set-up', 'a worker was spoken to before its set-up');
    switch (message.type) {
      case 'socket':
        if (socket) parts.plane.offer(message.address, message.port, socket);
        return;
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
        parts.door.measured(message.use);
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
      await this.#parts?.door.close();
      this.#parts?.collections.close();
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

/** Takes over what the policy says of records. */
function configure({ plane, door }: Parts): void {
  if (plane.policy) door.configure(plane.policy);
}

function statusOf({ plane, metrics, door }: Parts): WorkerStatus {
  const digests = plane.digests();
  return {
    policyDigest: digests?.policyDigest ?? null,
    rulesetDigest: digests?.rulesetDigest ?? null,
    metrics: metrics.snapshot({ connections: plane.connections, ...door.recorded() }),
    refused: metrics.refused.take(),
    listeners: plane.listeners().map(({ address, port, tls }) => ({ address, port, tls })),
  };
}
