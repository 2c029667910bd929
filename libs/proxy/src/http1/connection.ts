import type { Socket } from 'node:net';
import { loopBatch, messageOf } from '@phalanx/kit';
import { beginTransaction } from '../begin-transaction.js';
import type { ClientAddressResolver } from '../client-address.js';
import type { Connection, ServerContext } from '../context.js';
import type { Expiring } from '../deadlines.js';
import type { AnswerHead, Downstream } from '../downstream.js';
import type { Provenance } from '../forwarding.js';
import type { HeaderPair } from '../gate.js';
import { reportMalformed } from '../malformed.js';
import { headOfPage, plainPage } from '../page.js';
import { PendingBytes } from '../pending-bytes.js';
import { RequestRecord, UNKNOWN_LENGTH } from '../request-record.js';
import type { Transaction } from '../transaction.js';
import { AnswerWriter } from './answer-writer.js';
import { BodyReader } from './body-reader.js';
import { ClientSocket } from './client-socket.js';
import { FAULT, type HttpFault } from './fault.js';
import { HeadReader } from './head-reader.js';
import { Turns } from './turns.js';

/** Bytes of following requests that are read while one is being answered. */
const MAX_AHEAD_BYTES = 65_536;
/** Pipelined requests that are begun before other connections get their turn. */
const MAX_REQUESTS_PER_TURN = 8;
/** How long a closing connection is read on, so that the answer isn't destroyed by a reset (RFC 9112 9.6). */
const LINGER_MS = 5_000;
const NO_FIELDS: readonly HeaderPair[] = [];
const NO_REQUEST = new RequestRecord();

/** What the connection does with arriving bytes. */
type State = 'head' | 'body' | 'answering' | 'tunnel' | 'closing' | 'closed';

/**
 * A client's HTTP/1 connection: one request after the other, answers in order. Invariants: at most one transaction is under way; bytes of the
 * next request wait until its answer is complete; whatever can't be read in exactly one way ends the connection.
 */
export class Http1Connection implements Connection, Downstream, Expiring {
  deadline = 0;
  readonly #context: ServerContext;
  readonly #socket: ClientSocket;
  readonly #from: Provenance;
  readonly #resolver: ClientAddressResolver;
  readonly #onClosed: () => void;
  readonly #writer: AnswerWriter;
  readonly #heads = new HeadReader();
  readonly #pending = new PendingBytes();
  #state: State = 'head';
  #transaction: Transaction | null = null;
  #request = NO_REQUEST;
  #body: BodyReader | null = null;
  #isBodyHeld = true;
  #requests = 0;
  #isKept = true;
  #isDraining = false;
  #isClientDone = false;
  #isWriteStalled = false;
  #isReceiving = false;
  readonly #turns = new Turns(() => this.#onTurn());
  readonly #onPiece = (piece: Buffer): void => this.#transaction?.onBodyData(piece);

  /** What `socket` reads is to be given to `receive`; `first` are bytes that came before. */
  constructor(
    context: ServerContext,
    socket: Socket,
    from: Provenance,
    resolver: ClientAddressResolver,
    first: Buffer | null,
    onClosed: () => void,
  ) {
    this.#context = context;
    this.#socket = new ClientSocket(socket, () => this.#onDrain());
    this.#from = from;
    this.#resolver = resolver;
    this.#onClosed = onClosed;
    // A client that is slow is looked at when this turn is over.
    this.#writer = new AnswerWriter(this.#socket.writer, context.counters, () => this.#turns.plan());
    context.deadlines.add(this);
    this.#renew(context.generation.limits.headersTimeoutMs);
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error) => this.#context.logger.debug('a client connection failed', { reason: messageOf(error) }));
    socket.on('close', () => this.#onClose());
    if (first !== null && first.length > 0) this.receive(first, first.length);
  }

  /** The server is closing: an idle connection ends now, others after the answer under way. */
  drain(): void {
    this.#isDraining = true;
    if (this.#state === 'head' && this.#pending.length === 0) this.#closeGently();
  }

  get isBusy(): boolean {
    return this.#transaction !== null || (this.#state !== 'closed' && (this.#writer.hasWaiting || this.#socket.hasUnsent));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  onDeadline(): void {
    const isReading = !this.#isWriteStalled;
    if (isReading && this.#state === 'body') return this.#transaction?.onBodyFailed(408, 'body-timeout');
    if (!isReading || this.#state !== 'head') return this.#cutOff(this.#state === 'tunnel' ? 'tunnel-timeout' : 'write-timeout');
    if (this.#pending.length > 0) this.#refuse(FAULT.headersTimeout, this.#pending.view());
    else this.#closeGently();
  }

  // What the client sends

  /** The first `length` of `bytes` came from the client. They are only lent: what is kept of them is copied. */
  receive(bytes: Buffer, length: number): void {
    this.#context.counters.bytesIn += length;
    if (this.#state === 'closing' || this.#state === 'closed') return;
    if (this.#state === 'tunnel') {
      this.#renew(this.#context.generation.limits.tunnelTimeoutMs);
      this.#transaction?.onTunnelData(Buffer.from(bytes.subarray(0, length)));
      return;
    }
    this.#isReceiving = true;
    const used = this.#receiveFirst(bytes, length);
    if (used < length) this.#consume(this.#pending.join(Buffer.from(bytes.subarray(used, length))));
    this.#isReceiving = false;
    this.flush();
  }

  /** The usual case: a read begins with a whole request. Gives the bytes that are done with; 0, with nothing done, when it isn't so. */
  #receiveFirst(bytes: Buffer, length: number): number {
    if (this.#state !== 'head' || this.#pending.length > 0 || this.#socket.isFull) return 0;
    const head = this.#heads.readWhole(bytes, length, this.#context.generation.limits);
    if (head === null) return 0;
    if (head instanceof RequestRecord) {
      loopBatch.addWork(this.#begin(head));
      return head.wireBytes;
    }
    this.#refuse(head, bytes.subarray(0, length));
    return length;
  }

  #consume(bytes: Buffer): void {
    let rest = bytes;
    let begun = 0;
    for (let before = -1; before !== rest.length && rest.length > 0;) {
      before = rest.length;
      if (this.#state === 'body' && !this.#isBodyHeld) rest = this.#consumeBody(rest);
      if (this.#state !== 'head') continue;
      if (this.#socket.isFull) {
        // Who sends requests without taking the answers would have us keep all of them.
        this.#awaitDrain();
        break;
      }
      if (begun === MAX_REQUESTS_PER_TURN) {
        // Many small requests in one packet must not keep other connections waiting.
        this.#socket.pause();
        this.#turns.yield();
        break;
      }
      begun += 1;
      rest = this.#consumeHead(rest);
    }
    if (this.#state === 'closing' || this.#state === 'closed') return this.#pending.clear();
    this.#pending.keep(rest);
    if (this.#state !== 'head' && rest.length > MAX_AHEAD_BYTES) this.#socket.pause();
  }

  #consumeHead(bytes: Buffer): Buffer {
    const { limits } = this.#context.generation;
    const hadBegun = this.#heads.hasBegun;
    const { head, used } = this.#heads.read(bytes, limits);
    if (head instanceof RequestRecord) this.#begin(head).start();
    else if (head !== null) return this.#refuse(head, bytes.subarray(used));
    else if (!hadBegun && this.#heads.hasBegun) this.#renew(limits.headersTimeoutMs);
    return bytes.subarray(used);
  }

  /** The transaction is not started yet. */
  #begin(request: RequestRecord): Transaction {
    this.#requests += 1;
    this.#isKept = request.keepAlive && this.#requests < this.#context.generation.limits.keepAliveMaxRequests;
    this.#request = request;
    const isRead = request.bodyLength === 0 || request.body !== null;
    this.#state = isRead ? 'answering' : 'body';
    this.#isBodyHeld = true;
    this.#body = isRead ? null : new BodyReader(request.bodyLength);
    this.deadline = 0;
    return (this.#transaction = beginTransaction(this.#context, request, this, this.#from, this.#resolver));
  }

  #consumeBody(bytes: Buffer): Buffer {
    const body = this.#body;
    if (body === null) return bytes;
    const { bodyTimeoutMs, bodyMinBytesPerSecond } = this.#context.generation.limits;
    if (!this.#isWriteStalled) this.#renew(bodyTimeoutMs);
    const used = body.push(bytes, this.#onPiece);
    const transaction = this.#transaction;
    // The exchange may have ended on a piece, and with it this body.
    if (transaction === null || this.#body !== body) return bytes.subarray(used);
    if (body.fault !== null) {
      transaction.onBodyFailed(body.fault.status, body.fault.reason);
    } else if (body.isDone) {
      this.#body = null;
      this.deadline = 0;
      this.#state = 'answering';
      transaction.onBodyEnd();
    } else if (body.isTooSlow(bodyTimeoutMs, bodyMinBytesPerSecond)) {
      transaction.onBodyFailed(408, 'body-too-slow');
    }
    return bytes.subarray(used);
  }

  #onEnd(): void {
    this.#isClientDone = true;
    if (this.#state === 'head') this.#closeGently();
    else if (this.#state === 'tunnel') this.#transaction?.onTunnelEnd();
    else if (this.#state === 'body' && !this.#isBodyHeld) this.#cutOff('the body was cut short');
  }

  #onClose(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#context.deadlines.delete(this);
    this.#pending.clear();
    this.#transaction?.onClientGone('the connection was closed');
    this.#transaction = null;
    this.#onClosed();
  }

  #onDrain(): void {
    if (this.#isWriteStalled) {
      this.#isWriteStalled = false;
      if (this.#state === 'body' && !this.#isBodyHeld) this.#renew(this.#context.generation.limits.bodyTimeoutMs);
      else if (this.#state === 'answering' || this.#state === 'body') this.deadline = 0;
      else if (this.#state === 'head') this.#awaitRequest();
    }
    this.#transaction?.onClientDrain();
  }

  // What the exchange asks for

  readBody(): void {
    this.#isBodyHeld = false;
    this.#body?.startClock();
    if (this.#state === 'body' && !this.#isWriteStalled) this.#renew(this.#context.generation.limits.bodyTimeoutMs);
    this.#socket.resume();
    if (this.#pending.length > 0 || this.#isClientDone) this.#turns.plan();
  }

  pauseBody(): void {
    this.#isBodyHeld = true;
    if (this.#state === 'body' && !this.#isWriteStalled) this.deadline = 0;
    this.#socket.pause();
  }

  sendContinue(): void {
    this.sendInterim(100, 'Continue', NO_FIELDS);
  }

  sendInterim(status: number, reason: string, headers: readonly HeaderPair[]): void {
    this.#writer.interim(status, reason, headers);
    this.flush();
  }

  startAnswer(head: AnswerHead): void {
    // RFC 9112 6.3: a client that knows no chunks finds the end by the close.
    if (this.#isDraining || (head.bodyLength === UNKNOWN_LENGTH && !this.#request.isModern)) this.#isKept = false;
    this.#writer.head(head, this.#request, this.#isKept);
  }

  writeBody(piece: Buffer): boolean {
    if (this.#state !== 'tunnel') return this.#writer.body(piece);
    this.#renew(this.#context.generation.limits.tunnelTimeoutMs);
    return this.#writer.raw(piece);
  }

  writeText(piece: string): boolean {
    return this.#writer.text(piece);
  }

  /** What one turn of the loop leads to is sent together, at its end. */
  flush(): void {
    if (!this.#isReceiving && this.#state !== 'closed') this.#writer.flushSoon();
  }

  endAnswer(trailers: readonly HeaderPair[]): void {
    if (!this.#writer.end(this.#request.acceptsTrailers ? trailers : NO_FIELDS)) return this.abort();
    this.#finish();
  }

  answer(head: AnswerHead, body: Buffer): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'body' || this.#isDraining || this.#request.refusal !== null) this.#isKept = false;
    this.#writer.own(head, body, this.#request, this.#isKept);
    this.#finish();
  }

  abort(): void {
    this.#state = 'closing';
    this.#transaction = null;
    this.#socket.abort();
  }

  startTunnel(head: AnswerHead): void {
    this.#writer.upgrade(head);
    this.#state = 'tunnel';
    this.#renew(this.#context.generation.limits.tunnelTimeoutMs);
    this.#socket.resume();
    const held = this.#pending.view();
    this.#pending.clear();
    if (held.length > 0) this.#transaction?.onTunnelData(held);
    if (this.#isClientDone) this.#transaction?.onTunnelEnd();
  }

  endTunnel(): void {
    this.#socket.end();
    this.#renew(LINGER_MS);
  }

  // The connection itself

  /** The answer is complete. The next request is looked at in the next turn, so that this exchange can end first. */
  #finish(): void {
    const isRead = this.#state === 'answering';
    this.#transaction = null;
    this.#request = NO_REQUEST;
    this.#body = null;
    if (!isRead || !this.#isKept || this.#isDraining) return this.#closeGently();
    this.#state = 'head';
    this.#isWriteStalled = false;
    this.flush();
    this.#awaitRequest();
  }

  #awaitRequest(): void {
    this.#renew(this.#context.generation.limits.idleTimeoutMs);
    if (this.#pending.length > 0 || this.#socket.isPaused || this.#isClientDone) this.#turns.plan();
  }

  /** Refuses what can't be read; gives the rest of the bytes back, which is nothing. */
  #refuse(fault: HttpFault, bytes: Buffer): Buffer {
    const requestId = reportMalformed(this.#context, this.#from, fault, bytes);
    const page = plainPage(fault.status, requestId);
    this.#writer.own(headOfPage(fault.status, page), page.body, NO_REQUEST, false);
    this.#closeGently();
    return bytes.subarray(bytes.length);
  }

  #cutOff(reason: string): void {
    this.#transaction?.onClientGone(reason);
    this.#socket.destroy();
  }

  #closeGently(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closing';
    this.#pending.clear();
    this.#writer.flush();
    this.#socket.end();
    this.#renew(LINGER_MS);
    this.#socket.resume();
  }

  #onTurn(): void {
    if (this.#state === 'closed') return;
    this.#writer.flush();
    if (this.#pending.length > 0 && (this.#state === 'head' || this.#state === 'body')) {
      this.#isReceiving = true;
      this.#consume(this.#pending.view());
      this.#isReceiving = false;
      this.#writer.flush();
    }
    if (this.#turns.isYielding) return;
    if (this.#state === 'head') {
      if (this.#socket.isFull) return this.#awaitDrain();
      this.#socket.resume();
      if (this.#isClientDone) return this.#closeGently();
    }
    if (this.#isClientDone && this.#state === 'body' && !this.#isBodyHeld) return this.#cutOff('the body was cut short');
    if ((this.#state === 'answering' || this.#state === 'body') && this.#socket.isFull) this.#watchWriting();
  }

  /** No further request is begun before the client has taken what there is for it. */
  #awaitDrain(): void {
    this.#socket.pause();
    this.#watchWriting();
  }

  #watchWriting(): void {
    if (this.#isWriteStalled) return;
    this.#isWriteStalled = true;
    this.#renew(this.#context.generation.limits.writeTimeoutMs);
  }

  #renew(ms: number): void {
    this.deadline = this.#context.deadlines.after(ms);
  }
}
