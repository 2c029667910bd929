import type { EventView, LiveMessage } from '@phalanx/contracts';
import { type Logger, messageOf } from '@phalanx/kit';
import type { LiveHint } from '../../platform/live/live-bus.js';
import type { LiveAudience } from './live-audience.js';
import { LiveQueue } from './live-queue.js';

/** Hints are gathered for this long, so that a burst costs one query. */
const FLUSH_MS = 200;
/** Keeps proxies from closing the connection, and finds dead ones. */
const BEAT_MS = 15_000;
/** A caller whose session ended or whose rights changed is noticed within this. */
const RECHECK_MS = 5_000;
const QUEUE_LIMIT = 300;
/** Bytes that a slow reader may leave in our memory before messages are left out instead. */
const BUFFER_LIMIT_BYTES = 512 * 1024;

/** Where the text goes: the part of `ServerResponse` that is used. */
export interface LiveSink {
  write(text: string): boolean;
  end(): void;
  readonly writableLength: number;
}

export interface LiveSource {
  /** The caller's rights as of now. Rejects when it has none any more. */
  audience(): Promise<LiveAudience>;
  /** Those of the events that the audience may read. */
  events(ids: readonly string[], audience: LiveAudience): Promise<readonly EventView[]>;
}

/**
 * One open stream of server-sent events. Bounded in memory; what a reader is too slow for is left out and counted in a message
 * `dropped`. It ends when the caller's rights do.
 */
export class LiveStream {
  private readonly queue = new LiveQueue(QUEUE_LIMIT);
  private readonly timers: NodeJS.Timeout[];
  private isFlushing = false;
  private isChecking = false;
  private closed = false;
  private readonly whenClosed: (() => void)[] = [];

  constructor(
    private readonly sink: LiveSink,
    private readonly source: LiveSource,
    private audience: LiveAudience,
    private readonly logger: Logger,
  ) {
    sink.write(': open\n\n');
    this.timers = [
      setInterval(() => void this.flush(), FLUSH_MS),
      setInterval(() => this.beat(), BEAT_MS),
      setInterval(() => void this.recheck(), RECHECK_MS),
    ];
    for (const timer of this.timers) timer.unref();
  }

  onClose(action: () => void): void {
    this.whenClosed.push(action);
  }

  hear(hint: LiveHint): void {
    if (!this.audience.hears(hint)) return;
    for (const id of hint.ids) this.queue.add({ topic: hint.topic, tenantId: hint.tenantId, id });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    this.sink.end();
    for (const action of this.whenClosed) action();
  }

  /** Asks again who the caller is and what it may read. */
  async recheck(): Promise<void> {
    if (this.isChecking || this.closed) return;
    this.isChecking = true;
    try {
      this.audience = await this.source.audience();
    } catch (error) {
      this.logger.debug('a live stream ends', { reason: messageOf(error) });
      this.close();
    } finally {
      this.isChecking = false;
    }
  }

  private beat(): void {
    if (this.sink.writableLength < BUFFER_LIMIT_BYTES) this.sink.write(': beat\n\n');
  }

  private async flush(): Promise<void> {
    if (this.isFlushing || this.closed || this.queue.isEmpty || this.sink.writableLength >= BUFFER_LIMIT_BYTES) return;
    this.isFlushing = true;
    try {
      const { items, dropped } = this.queue.take();
      const eventIds = items.filter((item) => item.topic === 'event').map((item) => item.id);
      const audience = this.audience;
      const events = new Map(
        eventIds.length > 0 ? (await this.source.events(eventIds, audience)).map((event) => [event.id, event] as const) : [],
      );
      if (this.closed) return;
      let text = dropped > 0 ? frame('dropped', { count: dropped }) : '';
      for (const item of items) {
        const event = events.get(item.id);
        // Rights may have changed since the hint; an event that can't be read now is not told of.
        if (!this.audience.hears({ ...item, ids: [] }) || (item.topic === 'event' && !event)) continue;
        text += frame(item.topic, { ...item, ...(event ? { event } : {}) } satisfies LiveMessage);
      }
      if (text !== '') this.sink.write(text);
    } catch (error) {
      this.logger.warn('live messages were left out', { error: messageOf(error) });
    } finally {
      this.isFlushing = false;
    }
  }
}

function frame(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
