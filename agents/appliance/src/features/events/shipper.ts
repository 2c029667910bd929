import { eventAckSchema, type EventAck } from '@phalanx/contracts';
import { backoffMs, type Disk, type Logger, messageOf } from '@phalanx/kit';
import type { ControllerLink } from '../../platform/controller-link.js';
import type { ProgressFile } from './progress-file.js';
import type { Spool } from './spool.js';
import type { SpooledStream } from './spooled-stream.js';

export interface ShipperOptions {
  readonly link: ControllerLink;
  readonly spool: Spool;
  readonly progress: ProgressFile;
  readonly disk: Disk;
  readonly bootId: string;
  readonly logger: Logger;
}

/** Batches under way at once, of closed segments and of open ones each: a backlog does not hold up what happens now, nor the other way round. */
const FLIGHTS_OF_A_KIND = 4;
/** An open segment is read this often: many small batches would cost the controller a transaction each. */
const GATHER_MS = 200;
const ANSWER_DEADLINE_MS = 15_000;
const RETRY = { firstMs: 1_000, maxMs: 60_000 } as const;
const FINISHED_AT_ONCE = 1_000;

/**
 * Sends the spool's streams to the controller, each in order with one batch under way, and removes a file when it is closed and all
 * of it is acknowledged.
 *
 * - The controller's ledger decides: whatever place an answer names is where the stream goes on, forward or back.
 * - Nothing is removed before the commit that the answer tells of. Nothing is kept in memory but places.
 * - What was not answered is sent again: after a deadline, and at once on a new connection.
 */
export class Shipper {
  private readonly finished = new Set<string>();
  private pausedUntilMs = 0;

  constructor(private readonly options: ShipperOptions) {}

  /** Forgets what was under way: its answers, if any, went to the connection that is gone. */
  reset(): void {
    for (const stream of this.options.spool.streams.values()) {
      stream.flight = null;
      stream.retryAtMs = 0;
    }
    this.pausedUntilMs = 0;
  }

  /** Sends what may be sent now. */
  pump(nowMs: number): void {
    const { link, spool, progress } = this.options;
    this.expire(nowMs);
    if (link.connectionId() === null || nowMs < this.pausedUntilMs) return;
    const inFlight = { open: 0, closed: 0 };
    for (const stream of spool.streams.values()) if (stream.flight) inFlight[kindOf(stream)]++;
    for (const stream of [...spool.streams.values()]) {
      if (stream.flight || nowMs < stream.retryAtMs || inFlight[kindOf(stream)] >= FLIGHTS_OF_A_KIND) continue;
      this.guard(stream, nowMs, () => this.send(stream, nowMs));
      if (stream.flight) inFlight[kindOf(stream)]++;
      // To the back of the queue: open segments take turns. Closed ones leave it anyway.
      if (stream.flight && !stream.isClosed && spool.streams.delete(stream.id)) spool.streams.set(stream.id, stream);
    }
    progress.save(spool.streams.values(), nowMs);
  }

  /** Takes an answer of the controller. One that is not understood is logged: the deadline sends again. */
  answered(payload: Buffer, nowMs: number): void {
    let ack: EventAck;
    try {
      ack = eventAckSchema.parse(JSON.parse(payload.toString('utf8')));
    } catch (error) {
      this.options.logger.error('an acknowledgement was not understood', { error: messageOf(error) });
      return;
    }
    if (ack.pauseMs !== undefined && ack.next !== null) this.pausedUntilMs = nowMs + ack.pauseMs;
    const stream = this.options.spool.streams.get(ack.stream);
    if (stream) this.guard(stream, nowMs, () => this.settle(stream, ack, nowMs));
    this.pump(nowMs);
  }

  private settle(stream: SpooledStream, { next, pauseMs }: EventAck, nowMs: number): void {
    const { flight } = stream;
    if (next === null) {
      stream.flight = null;
      stream.retryAtMs = nowMs + (pauseMs ?? backoffMs(stream.attempts++, RETRY));
      return;
    }
    if (!flight) {
      // Late, after its deadline: it can only bring good news.
      if (stream.place && next > stream.place.position) this.goOn(stream, next, nowMs);
      return;
    }
    // The answer to the batch before, delivered twice.
    if (next === flight.first) return;
    stream.flight = null;
    stream.attempts = 0;
    for (const id of flight.finished) this.finished.delete(id);
    if (next !== flight.next.position) return this.goOn(stream, next, nowMs);
    this.options.spool.count(next - flight.first, flight.next.offset - (stream.place?.offset ?? 0));
    stream.place = flight.next;
    stream.retryAtMs = flight.isFull || stream.isClosed ? 0 : flight.sentAtMs + GATHER_MS;
    if (stream.isClosed && stream.isShipped()) this.remove(stream);
  }

  /** The ledger stands elsewhere: progress was lost, or the controller was restored from an older copy. */
  private goOn(stream: SpooledStream, position: number, nowMs: number): void {
    this.options.logger.info('a stream goes on where the controller has it', { stream: stream.id, position });
    if (stream.moveTo(position)) return;
    // The controller has more than the file: a power cut took the unsynced end of it. Nothing more will come without a writer.
    if (!stream.isClosed && stream.isAbandoned(this.options.bootId)) stream.close();
    if (stream.isClosed) this.remove(stream);
    else stream.retryAtMs = nowMs + RETRY.firstMs;
  }

  private send(stream: SpooledStream, nowMs: number): void {
    const { link, progress, bootId } = this.options;
    const isOpen = stream.open(progress.placeOf(stream.id));
    const flying = new Set([...this.options.spool.streams.values()].flatMap((other) => other.flight?.finished ?? []));
    const finished = [...this.finished].filter((id) => !flying.has(id)).slice(0, FINISHED_AT_ONCE);
    const batch = isOpen ? stream.build(finished) : null;
    if (!batch) {
      stream.retryAtMs = nowMs + GATHER_MS;
      // Closed, with nothing whole left: an unfinished last line was never answered for.
      if (stream.isClosed) this.remove(stream);
      else if (stream.isAbandoned(bootId)) stream.close();
      return;
    }
    const flight = { first: batch.first, next: batch.next, isFull: batch.isFull, sentAtMs: nowMs, finished };
    stream.flight = flight;
    link.publish('events', batch.payload).catch((error: unknown) => {
      this.options.logger.debug('a batch of events could not be sent', { stream: stream.id, error: messageOf(error) });
      if (stream.flight !== flight) return;
      stream.flight = null;
      stream.retryAtMs = nowMs + backoffMs(stream.attempts++, RETRY);
    });
  }

  private remove(stream: SpooledStream): void {
    const { spool, disk } = this.options;
    disk.remove(stream.path);
    spool.streams.delete(stream.id);
    // Told only now that it can't come back after a power cut.
    if (stream.place && stream.place.position > 0) this.finished.add(stream.id);
  }

  private expire(nowMs: number): void {
    for (const stream of this.options.spool.streams.values()) {
      if (!stream.flight || nowMs - stream.flight.sentAtMs < ANSWER_DEADLINE_MS) continue;
      this.options.logger.warn('a batch of events was not answered and is sent again', { stream: stream.id, first: stream.flight.first });
      stream.flight = null;
      stream.retryAtMs = nowMs + backoffMs(stream.attempts++, RETRY);
    }
  }

  /** One broken file must not stop the others. */
  private guard(stream: SpooledStream, nowMs: number, work: () => void): void {
    try {
      work();
    } catch (error) {
      stream.flight = null;
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        // Its writer has just closed it, or somebody removed it.
        if (!stream.wasClosedMeanwhile()) this.options.spool.streams.delete(stream.id);
        return;
      }
      stream.retryAtMs = nowMs + backoffMs(stream.attempts++, RETRY);
      this.options.logger.error('a segment could not be shipped', { path: stream.path, error: messageOf(error) });
    }
  }
}

function kindOf(stream: SpooledStream): 'open' | 'closed' {
  return stream.isClosed ? 'closed' : 'open';
}
