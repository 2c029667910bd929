import type { LiveMessage, LiveTopic } from '@phalanx/contracts';
import { queryString } from '../api/query-string.js';

/** `off`: nobody listens. `connecting`: first try. `open`: messages come. `lost`: trying again. */
export type LiveStatus = 'off' | 'connecting' | 'open' | 'lost';
type Listener = (message: LiveMessage) => void;

/** The part of `EventSource` that is used, so that tests need no browser. */
export interface EventStream {
  onopen: (() => void) | null;
  onerror: (() => void) | null;
  addEventListener(name: string, listener: (message: { readonly data: string }) => void): void;
  close(): void;
}

export interface LiveOptions {
  readonly open: (url: string) => EventStream;
  readonly topics: readonly LiveTopic[];
  readonly tenantId: string | undefined;
  /** Longest wait between two tries. */
  readonly longestWaitMs?: number;
}

const FIRST_WAIT_MS = 1_000;
/** Listeners of a page come and go together: the stream is opened once for all of them. */
const GATHER_MS = 50;

/**
 * The live stream of this page. One stream at a time, for the topics that somebody listens to; a lost one is opened again after growing
 * waits. Lossy: whoever listens reads anew on `onResume`.
 */
export class LiveConnection {
  #status: LiveStatus = 'off';
  #stream: EventStream | null = null;
  #topics = '';
  #waitMs = FIRST_WAIT_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wasLost = false;
  readonly #listeners = new Map<LiveTopic, Set<Listener>>();
  readonly #statusListeners = new Set<() => void>();
  readonly #resumeListeners = new Set<() => void>();

  constructor(private readonly options: LiveOptions) {}

  readonly status = (): LiveStatus => this.#status;

  readonly onStatus = (listener: () => void): (() => void) => {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  };

  /** Called when messages may have been missed: after a reconnect, and when the controller left some out. */
  onResume(listener: () => void): () => void {
    this.#resumeListeners.add(listener);
    return () => this.#resumeListeners.delete(listener);
  }

  listen(topic: LiveTopic, listener: Listener): () => void {
    const set = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, set.add(listener));
    this.#schedule(GATHER_MS);
    return () => {
      set.delete(listener);
      this.#schedule(GATHER_MS);
    };
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stream?.close();
    this.#stream = null;
    this.#topics = '';
    this.#set('off');
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#adjust(), delayMs);
  }

  #adjust(): void {
    const topics = this.options.topics.filter((topic) => (this.#listeners.get(topic)?.size ?? 0) > 0).join(',');
    if (topics === this.#topics && this.#stream) return;
    this.#stream?.close();
    this.#stream = null;
    this.#topics = topics;
    if (topics === '') return this.#set('off');
    if (this.#status !== 'lost') this.#set('connecting');
    const stream = this.options.open(`/api/v1/live${queryString({ topics, tenantId: this.options.tenantId })}`);
    this.#stream = stream;
    stream.onopen = () => this.#opened();
    stream.onerror = () => this.#broke(stream);
    for (const topic of topics.split(',') as LiveTopic[]) stream.addEventListener(topic, ({ data }) => this.#deliver(topic, data));
    stream.addEventListener('dropped', () => this.#resume());
  }

  #opened(): void {
    this.#waitMs = FIRST_WAIT_MS;
    this.#set('open');
    if (this.#wasLost) this.#resume();
    this.#wasLost = false;
  }

  #broke(stream: EventStream): void {
    if (stream !== this.#stream) return;
    stream.close();
    this.#stream = null;
    this.#wasLost = true;
    this.#set('lost');
    this.#schedule(this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, this.options.longestWaitMs ?? 15_000);
  }

  #deliver(topic: LiveTopic, data: string): void {
    const message = JSON.parse(data) as LiveMessage;
    for (const listener of this.#listeners.get(topic) ?? []) listener(message);
  }

  #resume(): void {
    for (const listener of this.#resumeListeners) listener();
  }

  #set(status: LiveStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    for (const listener of this.#statusListeners) listener();
  }
}
