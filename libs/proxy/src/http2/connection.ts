import { constants, performServerHandshake, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { messageOf } from '@phalanx/kit';
import { beginTransaction } from '../begin-transaction.js';
import type { ClientAddressResolver } from '../client-address.js';
import type { Connection, ServerContext } from '../context.js';
import type { Provenance } from '../forwarding.js';
import { readHttp2Request } from './request.js';
import { Http2Stream } from './stream.js';

/**
 * A client's HTTP/2 connection. Frames, flow control and most message checks are node:http2's; each stream is one exchange with the same course
 * as over HTTP/1.1.
 */
export class Http2Connection implements Connection {
  readonly #context: ServerContext;
  readonly #session: ServerHttp2Session;
  readonly #from: Provenance;
  readonly #resolver: ClientAddressResolver;
  #openStreams = 0;

  constructor(context: ServerContext, socket: TLSSocket, from: Provenance, resolver: ClientAddressResolver, onClosed: () => void) {
    this.#context = context;
    this.#from = from;
    this.#resolver = resolver;
    const { limits } = context.generation;
    this.#session = performServerHandshake(socket, {
      settings: { maxConcurrentStreams: limits.http2MaxStreams, maxHeaderListSize: limits.headerBytes, enablePush: false },
      maxHeaderListPairs: limits.headerCount + 8,
    });
    this.#session.setTimeout(limits.idleTimeoutMs, () => this.#onIdle());
    this.#session.on('stream', (stream, _headers: IncomingHttpHeaders, flags, raw) =>
      this.#onStream(stream, flags, raw as unknown as string[]),
    );
    this.#session.on('error', (error) => context.logger.debug('an HTTP/2 connection failed', { reason: messageOf(error) }));
    this.#session.on('close', onClosed);
  }

  /** GOAWAY: streams under way end regularly, no new ones begin (RFC 9113 6.8). */
  drain(): void {
    if (!this.#session.closed) this.#session.close();
  }

  get isBusy(): boolean {
    return this.#openStreams > 0;
  }

  destroy(): void {
    if (!this.#session.destroyed) this.#session.destroy();
  }

  #onIdle(): void {
    if (this.#openStreams > 0) return;
    if (this.#session.closed) this.destroy();
    else this.drain();
  }

  #onStream(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    this.#openStreams += 1;
    stream.on('close', () => (this.#openStreams -= 1));
    const { generation } = this.#context;
    const request = readHttp2Request(raw, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0, generation.limits);
    const down = new Http2Stream(this.#context, stream, request);
    down.begin(beginTransaction(this.#context, request, down, this.#from, this.#resolver));
  }
}
