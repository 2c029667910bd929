import { type DownChannel, type EventAck, eventBatchSchema, splitEventBatch, type UpChannel } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { ControllerLink, type DownHandler } from '../platform/controller-link.js';

/** What may go wrong on the way; each is asked once a batch. */
export interface Faults {
  readonly isLost?: () => boolean;
  readonly isAckLost?: () => boolean;
  readonly isRepeated?: () => boolean;
  readonly breaks?: () => boolean;
  readonly isBusy?: () => boolean;
}

type ReadBatch = ReturnType<typeof readBatch>;

function readBatch(message: string) {
  const { frame, events } = splitEventBatch(message);
  const read = events.map(({ position, text }) => ({ position, event: JSON.parse(text) as unknown }));
  return { ...eventBatchSchema.parse(frame), events: read };
}

/** A link whose other end keeps events as the controller does: by a ledger of places, in memory. */
export class LoopbackController extends ControllerLink {
  readonly identity = { applianceId: '0190bbbb-0000-7000-8000-000000000001', serial: '1' };
  readonly published: { channel: UpChannel; payload: string }[] = [];
  readonly ledger = new Map<string, number>();
  /** Stored events by `<stream> <position>`, each with its count. */
  readonly events = new Map<string, { event: unknown; count: number }>();
  readonly finished = new Set<string>();
  /** Streams of the batches in the order they came. */
  readonly order: string[] = [];
  faults: Faults = {};
  private connection: string | null = null;
  private connections = 0;
  private readonly down = new Map<DownChannel, DownHandler>();
  private readonly connected: (() => void)[] = [];
  private readonly disconnected: ((reason: string) => void)[] = [];

  connectionId(): string | null {
    return this.connection;
  }

  connect(): void {
    this.connection = `connection-${++this.connections}`;
    for (const action of this.connected) action();
  }

  renew(): void {
    if (this.connection === null) return;
    this.disconnect();
    setImmediate(() => this.connect());
  }

  disconnect(): void {
    this.connection = null;
    for (const action of this.disconnected) action('cut');
  }

  async publish(channel: UpChannel, payload: string | Buffer): Promise<void> {
    if (this.connection === null) throw new AppError('unavailable', 'test.no-connection', 'there is no connection');
    this.published.push({ channel, payload: payload.toString() });
    if (channel !== 'events') return;
    if (this.faults.breaks?.()) {
      this.disconnect();
      setImmediate(() => this.connect());
      throw new AppError('unavailable', 'test.broken', 'the connection broke');
    }
    if (this.faults.isLost?.()) return;
    const batch = readBatch(payload.toString());
    setImmediate(() => {
      for (let times = this.faults.isRepeated?.() ? 2 : 1; times > 0; times--) this.answer(batch);
    });
  }

  onDown(channel: DownChannel, handler: DownHandler): void {
    this.down.set(channel, handler);
  }

  onConnected(action: () => void): void {
    this.connected.push(action);
  }

  onDisconnected(action: (reason: string) => void): void {
    this.disconnected.push(action);
  }

  /** The sum over all stored events. */
  total(): number {
    return [...this.events.values()].reduce((sum, { count }) => sum + count, 0);
  }

  send(ack: EventAck): void {
    void this.down.get('ack')?.(Buffer.from(JSON.stringify(ack)));
  }

  private answer(batch: ReadBatch): void {
    if (this.faults.isBusy?.()) return this.send({ stream: batch.stream, next: null, pauseMs: 1 });
    this.order.push(batch.stream);
    for (const stream of batch.finished) this.finished.add(stream);
    const place = this.ledger.get(batch.stream) ?? 0;
    if (place === batch.first) this.store(batch);
    if (this.faults.isAckLost?.()) return;
    this.send({ stream: batch.stream, next: this.ledger.get(batch.stream) ?? 0 });
  }

  private store({ stream, next, events, repeats }: ReadBatch): void {
    for (const { position, event } of events) this.events.set(`${stream} ${position}`, { event, count: 1 });
    for (const { position, count } of repeats) {
      const unknown = `${stream} unknown ${position}`;
      const stored = this.events.get(`${stream} ${position}`) ?? this.events.get(unknown);
      if (stored) stored.count += count;
      else this.events.set(unknown, { event: null, count });
    }
    this.ledger.set(stream, next);
  }
}
