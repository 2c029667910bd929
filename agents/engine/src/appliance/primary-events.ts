import type { AppliancePolicy, Severity, SystemEvent } from '@phalanx/contracts';
import { messageOf, type Logger } from '@phalanx/kit';
import type { CollectionSharing } from '@phalanx/seclang';
import { EventWriter } from '../events/event-writer.js';
import { LossCounter } from '../events/loss-counter.js';
import { measureSpool, SpoolSpace, type SpoolUse } from '../events/spool-space.js';
import type { MetricsSnapshot } from '../metrics/worker-metrics.js';
import { ownIdentity } from '../process-identity.js';
import type { LossCounters } from './loss-counters.js';

const MEASURE_INTERVAL_MS = 250;
/** Measuring a crowded spool takes at most this part of the time, and is never put off for longer than this. */
const MEASURE_SHARE = 5;
const MEASURE_LATEST_MS = 1_000;
/** Until a policy says otherwise. */
const DEFAULT_SPOOL_LIMIT_BYTES = 64 * 1024 * 1024;

/** The primary's own events (system events only), and the measuring of the spool for all writers. */
export class PrimaryEvents {
  readonly #folder: string;
  readonly #logger: Logger;
  readonly #space: SpoolSpace;
  readonly #writer: EventWriter;
  readonly #writers: number;
  readonly #onMeasured: (use: SpoolUse) => void;
  #use: SpoolUse = { atMs: 0, bytes: 0, files: 0 };
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  /** `onMeasured` is told what lies in the spool, several times a second. */
  constructor(folder: string, counters: LossCounters, workers: number, logger: Logger, onMeasured: (use: SpoolUse) => void) {
    this.#folder = folder;
    this.#logger = logger;
    this.#writers = workers + 1;
    this.#onMeasured = onMeasured;
    this.#space = new SpoolSpace(DEFAULT_SPOOL_LIMIT_BYTES, this.#writers);
    const identity = ownIdentity();
    const losses = new LossCounter(counters.pathFor('primary'), folder, identity);
    for (let index = 0; index < workers; index++) counters.pathFor(`worker-${index}`);
    for (const path of counters.leftOver()) this.#reportLeftOver(new LossCounter(path, folder, identity));
    this.#writer = new EventWriter({
      folder,
      writer: 'primary',
      identity,
      space: this.#space,
      losses,
      logger,
      rate: null,
      foldAbovePerSecond: Number.POSITIVE_INFINITY,
    });
    void this.#measure();
  }

  /** What the spool held when it was last measured. */
  get spoolUse(): SpoolUse {
    return this.#use;
  }

  configure({ spoolLimitBytes }: AppliancePolicy['events']): void {
    this.#space.configure(spoolLimitBytes, this.#writers);
  }

  record(code: string, severity: Severity, message: string, details: SystemEvent['details']): void {
    this.#writer.writeSystem({ code, severity, message: message.slice(0, 2000), details });
  }

  /** A worker's persistent collections are no longer shared with the others, or are again. */
  sharing(worker: number, { isShared, unsharedChanges, reason }: CollectionSharing): void {
    if (isShared) {
      const message = `Worker ${worker} shares its collections again; ${unsharedChanges} changes were known to it alone`;
      this.record('engine.collections-shared', 'NOTICE', message, { worker, unsharedChanges });
    } else {
      const message = `Worker ${worker} counts by itself, because its collections can't be shared: ${reason}`;
      this.record('engine.collections-unshared', 'ERROR', message, { worker, reason });
    }
  }

  /** The primary serves nothing: only its events count. */
  metrics(): MetricsSnapshot {
    return {
      requests: 0,
      blocked: 0,
      detected: 0,
      statusClasses: [],
      latency: [],
      inspection: [],
      connections: 0,
      eventsWritten: this.#writer.written,
      eventsLost: this.#writer.lost,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#writer.close();
  }

  async #measure(): Promise<void> {
    const startedMs = performance.now();
    try {
      this.#use = await measureSpool(this.#folder);
      this.#space.measured(this.#use);
      this.#onMeasured(this.#use);
    } catch (error) {
      this.#logger.error('the spool could not be measured', { reason: messageOf(error) });
    }
    if (this.#isClosed) return;
    const nextMs = Math.min(MEASURE_LATEST_MS, Math.max(MEASURE_INTERVAL_MS, (performance.now() - startedMs) * MEASURE_SHARE));
    this.#timer = setTimeout(() => void this.#measure(), nextMs);
  }

  #reportLeftOver(losses: LossCounter): void {
    try {
      losses.report('primary', 'the process ended before it could report');
    } catch (error) {
      // It stays in the counter file for the next start.
      this.#logger.warn('losses of an ended worker could not be reported yet', { reason: messageOf(error) });
    }
    losses.close();
  }
}
