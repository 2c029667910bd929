import type { ApplianceEvent, AttackEvent, SystemEvent } from '@phalanx/contracts';
import { messageOf, type Logger } from '@phalanx/kit';
import { monotonicMs, type ProcessIdentity } from '../process-identity.js';
import type { LossCounter } from './loss-counter.js';
import { SegmentFile } from './segment-file.js';
import type { SharedRate } from './shared-rate.js';
import { measureSpoolNow, type SpoolSpace } from './spool-space.js';

/** A segment is closed at this size, so that what was shipped can be deleted piece by piece. */
const MAX_SEGMENT_BYTES = 1_048_576;
/** A segment with records is closed at this age, or later while many wait to be shipped. */
const MAX_SEGMENT_AGE_MS = 2_000;
const BACKLOG_FILES = 64;
const BACKLOG_SEGMENT_AGE_MS = 60_000;
const CROWDED_FILES = 1_024;
/** After a failed write nothing is tried for this long: a full disk must not cost a system call per refusal. */
const RETRY_AFTER_MS = 100;
/** Written events reach the disk's platters this often; a power cut loses at most what came after the last time. */
const SYNC_INTERVAL_MS = 200;
const UPKEEP_INTERVAL_MS = 250;
const MAX_WAITING = 100;
/** A writer that has used up its part of the spool looks for room this often, and for at most this part of its time. */
const MEASURE_AGAIN_MS = 50;
const MEASURE_SHARE = 20;

export interface EventWriterOptions {
  readonly folder: string;
  /** Name in the segment header, for example `worker-0`. */
  readonly writer: string;
  readonly identity: ProcessIdentity;
  readonly space: SpoolSpace;
  readonly losses: LossCounter;
  readonly logger: Logger;
  /** Counts the refusals of the whole box; null for a writer that writes none. */
  readonly rate: SharedRate | null;
  /** Refusals a second on the box above which they fold. */
  readonly foldAbovePerSecond: number;
}

/**
 * Writes this process's events into segment files of its own, before the caller answers. A failed write never throws: the event
 * is counted as lost, and the count is written as an event once there is room.
 */
export class EventWriter {
  readonly #options: EventWriterOptions;
  #segment: SegmentFile | null = null;
  #foldAbove: number;
  #second = 0;
  /** Positions, in the open segment, of this second's first event of each kind. */
  readonly #heads = new Map<string, number>();
  #retryAtMs = 0;
  #lossReason = '';
  #written = 0;
  #lost = 0;
  #measureAgainMs = 0;
  /** System events that found no room. */
  readonly #waiting: Buffer[] = [];
  readonly #timers: NodeJS.Timeout[];

  constructor(options: EventWriterOptions) {
    this.#options = options;
    this.#foldAbove = options.foldAbovePerSecond;
    this.#timers = [setInterval(() => this.#sync(), SYNC_INTERVAL_MS), setInterval(() => this.#upkeep(), UPKEEP_INTERVAL_MS)];
    for (const timer of this.#timers) timer.unref();
  }

  /** Records written since the start, folded ones included. */
  get written(): number {
    return this.#written;
  }

  /** Events since the start that could not be written. */
  get lost(): number {
    return this.#lost;
  }

  setFoldAbove(perSecond: number): void {
    this.#foldAbove = perSecond;
  }

  /**
   * Writes an attack event. `kind` names what may fold together within a second (source, rule, application, action): above the
   * declared rate only the first of a kind is written whole and each further one as `+<position>`.
   */
  writeAttack(event: AttackEvent, kind: string): void {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#heads.clear();
    }
    const inSecond = this.#options.rate?.count(second) ?? 0;
    const head = this.#heads.get(kind);
    if (inSecond > this.#foldAbove && head !== undefined && !this.#isSegmentFull()) {
      if (this.#append(Buffer.from(`+${head}\n`)) === null) this.#countLost();
      return;
    }
    const position = this.#append(lineOf(event));
    if (position === null) this.#countLost();
    else if (!this.#heads.has(kind)) this.#heads.set(kind, position);
  }

  /** Writes a system event, with the time and boot of now. One that finds no room is kept for later; of too many the oldest are dropped. */
  writeSystem(event: Pick<SystemEvent, 'code' | 'severity' | 'message' | 'details'>): void {
    const { bootId } = this.#options.identity;
    const line = lineOf({ kind: 'system', time: new Date().toISOString(), bootId, monotonicMs: monotonicMs(), ...event });
    if (this.#waiting.length > 0 || this.#append(line) === null) this.#waiting.push(line);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
  }

  /** Closes the segment and lets go of the counter file. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await new Promise<void>((resolve) => this.#rotate(resolve));
    this.#reportLosses();
    this.#options.losses.close();
    this.#options.rate?.close();
  }

  #isSegmentFull(): boolean {
    return this.#segment !== null && this.#segment.bytes >= MAX_SEGMENT_BYTES;
  }

  /** The line's position, or null when there is no room for it now. */
  #append(line: Buffer): number | null {
    const { space, folder, identity, writer } = this.#options;
    if (this.#isSegmentFull()) this.#rotate();
    if (this.#retryAtMs > 0 && Date.now() < this.#retryAtMs) return null;
    if (!space.hasRoom(line.length) && !this.#findRoom(line.length)) {
      this.#failed('the spool limit is reached');
      return null;
    }
    try {
      this.#segment ??= new SegmentFile(folder, identity, writer);
      const position = this.#segment.append(line);
      space.added(line.length);
      this.#retryAtMs = 0;
      this.#written++;
      return position;
    } catch (error) {
      this.#failed(messageOf(error));
      if (this.#segment?.isTorn) this.#rotate();
      return null;
    }
  }

  /** Looks by itself whether there is room after all: the last measurement may be old, and this writer's part of it small. */
  #findRoom(bytes: number): boolean {
    const startedMs = performance.now();
    if (startedMs < this.#measureAgainMs) return false;
    try {
      this.#options.space.measured(measureSpoolNow(this.#options.folder));
    } catch (error) {
      this.#options.logger.error('the spool could not be measured', { reason: messageOf(error) });
    }
    const tookMs = performance.now() - startedMs;
    this.#measureAgainMs = startedMs + Math.max(MEASURE_AGAIN_MS, tookMs * MEASURE_SHARE);
    return this.#options.space.hasRoom(bytes);
  }

  #failed(reason: string): void {
    if (this.#lossReason === '') this.#options.logger.error('events cannot be written and are counted instead', { reason });
    this.#lossReason = reason;
    this.#retryAtMs = Date.now() + RETRY_AFTER_MS;
  }

  #countLost(): void {
    this.#lost++;
    this.#options.losses.add(1);
  }

  #sync(): void {
    this.#segment?.sync((error) => this.#afterSync(error));
  }

  #afterSync(error: Error | null): void {
    if (error) this.#options.logger.error('events could not be synced to the disk', { reason: error.message });
  }

  #upkeep(): void {
    this.#options.losses.retry();
    while (this.#waiting[0] !== undefined && this.#append(this.#waiting[0]) !== null) this.#waiting.shift();
    const segment = this.#segment;
    if (segment && segment.records > 0 && Date.now() - segment.openedAtMs >= this.#maxAgeMs()) this.#rotate();
    this.#reportLosses();
  }

  #maxAgeMs(): number {
    const files = this.#options.space.files;
    if (files >= CROWDED_FILES) return Number.POSITIVE_INFINITY;
    return files >= BACKLOG_FILES ? BACKLOG_SEGMENT_AGE_MS : MAX_SEGMENT_AGE_MS;
  }

  #rotate(done: () => void = () => undefined): void {
    const segment = this.#segment;
    this.#segment = null;
    this.#heads.clear();
    if (!segment) {
      done();
      return;
    }
    try {
      segment.close((error) => {
        this.#afterSync(error);
        done();
      });
    } catch (error) {
      // Its reader closes it when this process is gone.
      this.#options.logger.error('a segment could not be closed', { reason: messageOf(error) });
      done();
    }
  }

  #reportLosses(): void {
    const { losses, space, writer } = this.#options;
    if (losses.unreported === 0 || Date.now() < this.#retryAtMs || !space.hasRoom(2_048)) return;
    try {
      losses.report(writer, this.#lossReason === '' ? 'the process ended before it could report' : this.#lossReason);
      space.added(1_024);
      this.#options.logger.info('lost events were reported');
      this.#lossReason = '';
    } catch (error) {
      this.#lossReason = messageOf(error);
    }
  }
}

function lineOf(event: ApplianceEvent): Buffer {
  return Buffer.from(`${JSON.stringify(event)}\n`);
}
