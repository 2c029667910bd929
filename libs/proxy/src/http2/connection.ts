import { constants, performServerHandshake, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { messageOf } from '@phalanx/kit';
import { beginTransaction } from '../begin-transaction.js';
import type { ClientAddressResolver } from '../client-address.js';
import type { Connection, ServerContext } from '../context.js';
import type { Expiring } from '../deadlines.js';
import type { Provenance } from '../forwarding.js';
import { reportMalformed } from '../malformed.js';
import { FloodGuard } from './flood-guard.js';
import { readHttp2Request } from './request.js';
import { Http2Stream, type StreamOwner } from './stream.js';

/** How often bytes and idleness are looked at. */
const WATCH_MS = 250;
/** How long a connection that was told to end may take. */
const LINGER_MS = 5_000;
/** Frames that nghttp2 answers by itself, until the connection ends. */
const MAX_INVALID_FRAMES = 100;
const MAX_REFUSED_STREAMS = 100;
/** The status that the event of a flood shows; nobody is answered with it. */
const FLOOD_STATUS = 429;
/** node:http2's code for what nghttp2 could not read. */
const PROTOCOL_FAULT = 'ERR_HTTP2_ERROR';
const NO_BYTES = Buffer.alloc(0);

/**
 * A client's HTTP/2 connection. Frames, flow control and most message checks are node:http2's; each stream is one exchange with the same course
 * as over HTTP/1.1. Invariants: without a stream it ends in time, whatever frames come; a peer that floods it is told so by GOAWAY and cut off.
 */
export class Http2Connection implements Connection, StreamOwner, Expiring {
  deadline: number;
  readonly #context: ServerContext;
  readonly #session: ServerHttp2Session;
  readonly #socket: TLSSocket;
  readonly #from: Provenance;
  readonly #resolver: ClientAddressResolver;
  readonly #guard: FloodGuard;
  #openStreams = 0;
  #streams = 0;
  /** Until when it may be without a stream, or has to be gone; `performance.now()`. */
  #idleUntil: number;
  #isEnding = false;
  /** It flooded: what it still sends is not begun. */
  #isRefused = false;

  constructor(context: ServerContext, socket: TLSSocket, from: Provenance, resolver: ClientAddressResolver, onClosed: () => void) {
    this.#context = context;
    this.#socket = socket;
    this.#from = from;
    this.#resolver = resolver;
    const { limits } = context.generation;
    this.#guard = new FloodGuard(limits);
    this.#session = performServerHandshake(socket, {
      settings: { maxConcurrentStreams: limits.http2MaxStreams, maxHeaderListSize: limits.headerBytes, enablePush: false },
      maxHeaderListPairs: limits.headerCount + 8,
      maxSessionInvalidFrames: MAX_INVALID_FRAMES,
      maxSessionRejectedStreams: MAX_REFUSED_STREAMS,
    });
    this.#session.on('stream', (stream, _headers: IncomingHttpHeaders, flags, raw) =>
      this.#onStream(stream, flags, raw as unknown as string[]),
    );
    this.#session.on('ping', () => this.#onControlFrame());
    this.#session.on('remoteSettings', () => this.#onControlFrame());
    this.#session.on('error', (error) => this.#onError(error));
    this.#session.on('close', () => {
      context.deadlines.delete(this);
      onClosed();
    });
    const now = performance.now();
    this.#idleUntil = now + limits.headersTimeoutMs;
    this.deadline = now + WATCH_MS;
    context.deadlines.add(this);
  }

  /** GOAWAY: streams under way end regularly, no new ones begin (RFC 9113 6.8). */
  drain(): void {
    if (this.#session.closed) return;
    this.#isEnding = true;
    this.#idleUntil = performance.now() + LINGER_MS;
    this.#session.close();
  }

  get isBusy(): boolean {
    return this.#openStreams > 0;
  }

  destroy(): void {
    if (!this.#session.destroyed) this.#session.destroy();
  }

  onDeadline(): void {
    const now = performance.now();
    this.deadline = now + WATCH_MS;
    if (this.#isRefused) return this.destroy();
    this.#guard.onBytes(this.#socket.bytesRead);
    if (this.#guard.flood !== null) return this.#refuse();
    if (this.#openStreams > 0 || now < this.#idleUntil) return;
    if (this.#isEnding) this.destroy();
    else this.drain();
  }

  onStreamData(bytes: number): void {
    this.#guard.onData(bytes);
  }

  onStreamClosed(isCancelled: boolean): void {
    this.#openStreams -= 1;
    if (this.#openStreams === 0)
      this.#idleUntil = performance.now() + (this.#isEnding ? LINGER_MS : this.#context.generation.limits.idleTimeoutMs);
    if (!isCancelled) return;
    this.#guard.onReset();
    if (this.#guard.flood !== null) this.#refuse();
  }

  #onError(error: Error): void {
    this.#context.logger.debug('an HTTP/2 connection failed', { reason: messageOf(error) });
    if ('code' in error && error.code === PROTOCOL_FAULT) this.#report('http2-protocol');
  }

  #report(reason: string): void {
    reportMalformed(this.#context, this.#from, { status: reason === 'http2-protocol' ? 400 : FLOOD_STATUS, reason }, NO_BYTES);
  }

  #onControlFrame(): void {
    this.#guard.onControlFrame();
    if (this.#guard.flood !== null) this.#refuse();
  }

  /** Ends it with GOAWAY ENHANCE_YOUR_CALM, after the event of it. At once would destroy the GOAWAY too, if there is more to be read. */
  #refuse(): void {
    const { flood } = this.#guard;
    if (this.#session.destroyed || this.#isRefused || flood === null) return;
    this.#isRefused = true;
    this.#report(flood);
    this.#session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }

  #onStream(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    const { generation } = this.#context;
    if (this.#isRefused) return stream.on('error', () => undefined).close(constants.NGHTTP2_REFUSED_STREAM);
    this.#openStreams += 1;
    this.#streams += 1;
    this.#guard.onStream();
    const request = readHttp2Request(raw, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0, generation.limits);
    const down = new Http2Stream(this.#context, stream, request, this);
    down.begin(beginTransaction(this.#context, request, down, this.#from, this.#resolver));
    if (this.#streams >= generation.limits.keepAliveMaxRequests) this.drain();
  }
}
