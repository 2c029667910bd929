import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { messageOf } from '@phalanx/kit';
import { BodyPace } from '../body-pace.js';
import type { ServerContext } from '../context.js';
import type { Expiring } from '../deadlines.js';
import type { AnswerHead, Downstream } from '../downstream.js';
import type { HeaderPair } from '../gate.js';
import { UNKNOWN_LENGTH, type RequestRecord } from '../request-record.js';
import type { Transaction } from '../transaction.js';

/** The connection, as its streams see it. */
export interface StreamOwner {
  /** Body bytes that came, which are not the connection's overhead. */
  onStreamData(bytes: number): void;
  /** It is gone. `isCancelled`: the client gave it up, or broke it, before its answer was complete. */
  onStreamClosed(isCancelled: boolean): void;
}

/** A stream of an HTTP/2 connection as the client's side of one exchange. Trailers end here: HTTP/1.1 origins' trailers are not passed on. */
export class Http2Stream implements Downstream, Expiring {
  deadline = 0;
  readonly #context: ServerContext;
  readonly #stream: ServerHttp2Stream;
  readonly #request: RequestRecord;
  readonly #owner: StreamOwner;
  readonly #pace = new BodyPace();
  #transaction: Transaction | null = null;
  #received = 0;
  #isReading = false;
  #isAnswered = false;
  /** The proxy has reset it. */
  #isReset = false;
  #isReceived: boolean;

  constructor(context: ServerContext, stream: ServerHttp2Stream, request: RequestRecord, owner: StreamOwner) {
    this.#context = context;
    this.#owner = owner;
    this.#stream = stream;
    this.#request = request;
    this.#isReceived = request.bodyLength === 0;
    stream.on('drain', () => this.#onDrain());
    stream.on('error', (error) => context.logger.debug('an HTTP/2 stream failed', { reason: messageOf(error) }));
    stream.on('close', () => this.#onClose());
  }

  /** Runs the exchange. */
  begin(transaction: Transaction): void {
    this.#transaction = transaction;
    this.#context.deadlines.add(this);
    transaction.start();
  }

  onDeadline(): void {
    if (this.#isAnswered || this.#stream.writableNeedDrain) {
      this.#transaction?.onClientGone('write-timeout');
      this.#reset(constants.NGHTTP2_CANCEL);
    } else {
      this.#transaction?.onBodyFailed(408, 'body-timeout');
    }
  }

  readBody(): void {
    this.deadline = this.#isReceived ? 0 : performance.now() + this.#context.generation.limits.bodyTimeoutMs;
    this.#pace.start();
    if (this.#isReading) return void this.#stream.resume();
    this.#isReading = true;
    this.#stream.on('data', (piece: Buffer) => this.#onData(piece));
    this.#stream.on('end', () => this.#onEnd());
  }

  pauseBody(): void {
    this.deadline = 0;
    this.#stream.pause();
  }

  sendContinue(): void {
    this.sendInterim(100, '', []);
  }

  sendInterim(status: number, _reason: string, headers: readonly HeaderPair[]): void {
    if (!this.#stream.destroyed && !this.#stream.headersSent) this.#stream.additionalHeaders(fieldsOf(status, headers));
  }

  startAnswer(head: AnswerHead): void {
    this.#respond(head);
  }

  writeBody(piece: Buffer): boolean {
    if (this.#stream.destroyed || !this.#stream.writable) return true;
    this.#context.counters.bytesOut += piece.length;
    const isFlowing = this.#stream.write(piece);
    if (!isFlowing) this.deadline = performance.now() + this.#context.generation.limits.writeTimeoutMs;
    return isFlowing;
  }

  writeText(piece: string): boolean {
    return this.writeBody(Buffer.from(piece, 'latin1'));
  }

  /** Nothing waits here. */
  flush(): void {}

  endAnswer(): void {
    this.#stream.end();
    this.#finish();
  }

  answer(head: AnswerHead, body: Buffer): void {
    this.#respond(head);
    this.#context.counters.bytesOut += body.length;
    if (!this.#stream.destroyed && this.#stream.writable) this.#stream.end(this.#request.method === 'HEAD' ? undefined : body);
    this.#finish();
  }

  abort(): void {
    this.#reset(constants.NGHTTP2_INTERNAL_ERROR);
  }

  /** Never asked for: `wantsWebSocket` is an HTTP/1.1 matter. */
  startTunnel(): void {
    this.abort();
  }

  endTunnel(): void {
    this.abort();
  }

  #respond(head: AnswerHead): void {
    if (this.#stream.destroyed || this.#stream.headersSent) return;
    const { status, bodyLength } = head;
    const fields = fieldsOf(status, head.headers);
    if (head.addsLength && bodyLength >= 0) fields['content-length'] = bodyLength;
    const endStream = this.#request.method === 'HEAD' || bodyLength === 0 || status === 204 || status === 304;
    try {
      this.#stream.respond(fields, { endStream });
    } catch (error) {
      this.#context.logger.warn('an answer does not fit into HTTP/2', { reason: messageOf(error) });
      this.#reset(constants.NGHTTP2_INTERNAL_ERROR);
    }
  }

  #onData(piece: Buffer): void {
    const { counters, generation } = this.#context;
    const { bodyTimeoutMs, bodyMinBytesPerSecond } = generation.limits;
    const { bodyLength } = this.#request;
    counters.bytesIn += piece.length;
    this.#owner.onStreamData(piece.length);
    this.#pace.add(piece.length);
    this.#received += piece.length;
    // nghttp2 has checked it: bytes past the announced length would be another request's on the way to the origin.
    if (bodyLength !== UNKNOWN_LENGTH && this.#received > bodyLength) return this.#transaction?.onBodyFailed(400, 'content-length');
    this.deadline = performance.now() + bodyTimeoutMs;
    if (this.#pace.isTooSlow(bodyTimeoutMs, bodyMinBytesPerSecond)) this.#transaction?.onBodyFailed(408, 'body-too-slow');
    else this.#transaction?.onBodyData(piece);
  }

  #onEnd(): void {
    // After an abort the readable side ends as well: only END_STREAM ends a body.
    if (this.#stream.aborted || this.#stream.destroyed) return;
    this.#isReceived = true;
    this.deadline = 0;
    const { bodyLength } = this.#request;
    if (bodyLength !== UNKNOWN_LENGTH && this.#received !== bodyLength) this.#transaction?.onBodyFailed(400, 'content-length');
    else this.#transaction?.onBodyEnd();
  }

  #onDrain(): void {
    if (!this.#isAnswered) this.deadline = 0;
    this.#transaction?.onClientDrain();
  }

  #onClose(): void {
    this.#context.deadlines.delete(this);
    this.#owner.onStreamClosed(!this.#isReset && (!this.#isAnswered || this.#stream.rstCode !== constants.NGHTTP2_NO_ERROR));
    this.#transaction?.onClientGone('the stream was closed');
    this.#transaction = null;
  }

  /** RFC 9113 8.1: a whole answer to an unread request is followed by RST_STREAM with NO_ERROR. */
  #finish(): void {
    this.#isAnswered = true;
    this.deadline = performance.now() + this.#context.generation.limits.writeTimeoutMs;
    if (this.#isReceived) {
      if (!this.#isReading) this.#stream.resume();
      return;
    }
    if (this.#stream.writableFinished) this.#reset(constants.NGHTTP2_NO_ERROR);
    else this.#stream.once('finish', () => this.#reset(constants.NGHTTP2_NO_ERROR));
  }

  #reset(code: number): void {
    if (this.#stream.destroyed) return;
    this.#isReset = true;
    this.#stream.close(code);
  }
}

/** Repeated fields are joined (RFC 9110 5.3), except for Set-Cookie. */
function fieldsOf(status: number, headers: readonly HeaderPair[]): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = { ':status': status };
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    const present = fields[lower];
    if (lower === 'set-cookie') fields[lower] = Array.isArray(present) ? [...present, value] : [value];
    else fields[lower] = present === undefined ? value : `${String(present)}, ${value}`;
  }
  return fields;
}
