import type { Socket } from 'node:net';
import { type Batched, loopBatch } from '@phalanx/kit';
import { ChunkedDecoder } from '../http1/chunked-decoder.js';
import type { HttpFault } from '../http1/fault.js';
import { findHeadEnd } from '../http1/head-end.js';
import { latin1 } from '../http1/octets.js';
import { parseResponseHead, ResponseRecord } from '../http1/response-head.js';
import type { HeaderPair } from '../gate.js';
import { PendingBytes } from '../pending-bytes.js';
import { SocketWriter } from '../socket-writer.js';

const NO_TRAILERS: readonly HeaderPair[] = [];
/** A read of at most so many bytes is looked at as text first: most answers come whole in one. */
const TEXT_BYTES = 16_384;

/** Why a connection to an origin was given up. */
export type UpstreamFailure = 'closed' | 'timeout' | 'malformed-response' | 'unexpected-upgrade';

/** Who asked: told of everything that comes back, in order. */
export interface ResponseHandler {
  /** Interim heads (1xx) too; the final one is the first with a status from 200, or 101. */
  onResponseHead(head: ResponseRecord): void;
  onResponseData(piece: Buffer): void;
  /** In place of `onResponseData`: the whole body, one character per byte. */
  onResponseText(body: string): void;
  /** What one read has brought was handed over, and the answer goes on. */
  onResponsePause(): void;
  onResponseEnd(trailers: readonly HeaderPair[]): void;
  /** What was written has left: more may be. */
  onUpstreamDrain(): void;
  /** `isUntouched`: not one byte of an answer came. Nothing follows. */
  onUpstreamFailed(failure: UpstreamFailure, isUntouched: boolean): void;
}

/** The pool's side of a connection. */
export interface ConnectionOwner {
  /** A deadline of the silence that an exchange may wait through, from now. */
  responseDeadline(): number;
  readonly headerBytes: number;
  readonly headerCount: number;
  onConnectionIdle(connection: UpstreamConnection): void;
  onConnectionClosed(connection: UpstreamConnection): void;
}

/** The first bytes of an answer, which wait for the end of the turn. */
interface Arrival {
  readonly head: ResponseRecord | HttpFault;
  readonly text: string;
  /** Where the body begins in the text. */
  readonly bodyStart: number;
}

type State = 'idle' | 'head' | 'body' | 'ended' | 'tunnel' | 'closed';

/**
 * One connection to an origin, carrying one exchange at a time. Invariants: a handler gets at most one of `onResponseEnd` and `onUpstreamFailed`;
 * bytes that no request asked for close the connection, so that one exchange's answer can't become another's.
 */
export class UpstreamConnection implements Batched {
  readonly #socket: Socket;
  readonly #writer: SocketWriter;
  readonly #owner: ConnectionOwner;
  readonly #pending = new PendingBytes();
  #state: State = 'idle';
  #handler: ResponseHandler | null = null;
  #method = '';
  #head: ResponseRecord | null = null;
  #decoder: ChunkedDecoder | null = null;
  #remaining = 0;
  #isPaused = false;
  /** Reading was stopped by `pause` and not taken up since. */
  #isStopped = false;
  #isUntouched = true;
  #arrival: Arrival | null = null;
  /** What is written at the end of the turn. */
  #unsent = '';
  /** Bytes came after the answer's end. */
  #hasSurplus = false;
  #served = 0;
  /** While idle: until when it may be used again. During an exchange: when the origin has been silent for too long. */
  deadline = 0;
  readonly #onPiece = (piece: Buffer): void => this.#handler?.onResponseData(piece);

  constructor(socket: Socket, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#writer = new SocketWriter(socket, () => this.#handler?.onUpstreamDrain());
    this.#owner = owner;
    socket.on('end', () => this.#onEnd());
    socket.on('error', () => this.#fail('closed'));
    socket.on('close', () => this.#fail('closed'));
  }

  /** It has carried an exchange before, so that the origin may be closing it at this moment. */
  get isReused(): boolean {
    return this.#served > 1;
  }

  get isOpen(): boolean {
    return this.#state !== 'closed';
  }

  /** How long the origin said it keeps it, seconds; 0 unknown. */
  get keepAliveSeconds(): number {
    return this.#head?.keepAliveSeconds ?? 0;
  }

  /** Takes it for one exchange. */
  begin(handler: ResponseHandler, method: string): void {
    this.#handler = handler;
    this.#method = method;
    this.#state = 'head';
    this.#isUntouched = true;
    this.#head = null;
    this.#served += 1;
    this.deadline = this.#owner.responseDeadline();
  }

  /** False when the socket's buffer is full: `onUpstreamDrain` follows. */
  write(data: string | Buffer): boolean {
    if (this.#state === 'closed') return true;
    this.deadline = this.#owner.responseDeadline();
    return typeof data === 'string' ? this.#writer.writeText(data) : this.#writer.write(data);
  }

  /** Writes a whole request at the end of this turn of the loop. */
  writeSoon(text: string): void {
    this.#unsent = text;
    loopBatch.addWrite(this);
  }

  /** Several pieces in one system call. */
  writeTogether(pieces: readonly (string | Buffer)[]): boolean {
    if (this.#state === 'closed') return true;
    this.deadline = this.#owner.responseDeadline();
    return this.#writer.writeTogether(pieces);
  }

  /** Holds events back (what was read waits). */
  pause(): void {
    if (this.#isPaused || this.#state === 'closed') return;
    this.#isPaused = true;
    this.#isStopped = true;
    this.deadline = 0;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused || this.#state === 'closed') return;
    this.#isPaused = false;
    this.deadline = this.#owner.responseDeadline();
    const held = this.#pending.view();
    this.#pending.clear();
    this.#advance(held);
    if (!this.#isPaused && this.isOpen) this.#readOn();
    this.#handler?.onResponsePause();
  }

  #readOn(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#socket.resume();
  }

  /** After a 101: from now on bytes go through as they are. Both directions' silence is the caller's to watch. */
  enterTunnel(): void {
    this.#state = 'tunnel';
    this.deadline = 0;
  }

  /** Ends our direction of a tunnel. */
  endTunnel(): void {
    this.#socket.end();
  }

  /** Gives it back after `onResponseEnd`, when the whole request was sent. Reused if both sides allow it, else closed. */
  release(): void {
    this.#handler = null;
    const isReusable = this.#state === 'ended' && this.#head?.keepAlive === true && !this.#hasSurplus;
    if (!isReusable) return this.destroy();
    this.#state = 'idle';
    this.deadline = 0;
    this.#isPaused = false;
    this.#readOn();
    this.#owner.onConnectionIdle(this);
  }

  /** Closes it at once; the handler hears nothing more. */
  destroy(): void {
    this.#handler = null;
    this.#close();
  }

  onDeadline(): void {
    this.#fail('timeout');
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.deadline = 0;
    this.#pending.clear();
    this.#socket.destroy();
    this.#owner.onConnectionClosed(this);
  }

  #fail(failure: UpstreamFailure): void {
    this.#takeArrival();
    if (this.#state === 'closed') return;
    const handler = this.#handler;
    this.#handler = null;
    const isAnswered = this.#state === 'ended' || this.#state === 'idle';
    this.#close();
    if (!isAnswered) handler?.onUpstreamFailed(failure, this.#isUntouched);
  }

  onTurnEnd(): void {
    this.#takeArrival();
    const text = this.#unsent;
    if (text === '') return;
    this.#unsent = '';
    this.write(text);
  }

  /** The first `length` of `bytes` came from the origin. They are only lent: what is kept of them is copied. */
  receive(bytes: Buffer, length: number): void {
    this.#takeArrival();
    if (this.#state === 'closed') return;
    if (this.#state === 'tunnel') return this.#handler?.onResponseData(Buffer.from(bytes.subarray(0, length)));
    this.#isUntouched = false;
    const isFirst = this.#state === 'head' && !this.#isPaused && this.#pending.length === 0;
    if (isFirst && length <= TEXT_BYTES && this.#receiveFirst(bytes, latin1(bytes, 0, length))) return;
    const chunk = Buffer.from(bytes.subarray(0, length));
    if (this.#isPaused) return this.#pending.append(chunk);
    this.deadline = this.#owner.responseDeadline();
    this.#advance(this.#pending.join(chunk));
    this.#handler?.onResponsePause();
  }

  /** The usual case: a read begins with a final head. False, with nothing done, when it doesn't. */
  #receiveFirst(bytes: Buffer, text: string): boolean {
    const end = text.indexOf('\r\n\r\n') + 4;
    if (end === 3) return false;
    const head = parseResponseHead(bytes, text, end, this.#method, this.#owner.headerCount);
    if (head instanceof ResponseRecord && head.status < 200) return false;
    this.#arrival = { head, text, bodyStart: end };
    loopBatch.addWork(this);
    return true;
  }

  /** Hands over what came first of an answer. Whatever else happens to the connection comes after it. */
  #takeArrival(): void {
    if (this.#arrival === null) return;
    const { head, text, bodyStart } = this.#arrival;
    this.#arrival = null;
    if (this.#state === 'closed' || !this.#onHead(head) || this.#state !== 'body') return;
    if (!this.#isPaused && this.#decoder === null && this.#remaining === text.length - bodyStart) {
      this.#remaining = 0;
      if (bodyStart < text.length) this.#handler?.onResponseText(text.substring(bodyStart));
      return this.#end(NO_TRAILERS, 0);
    }
    const rest = Buffer.from(text.substring(bodyStart), 'latin1');
    this.deadline = this.#isPaused ? 0 : this.#owner.responseDeadline();
    if (this.#isPaused) this.#pending.append(rest);
    else this.#onBody(rest);
    this.#handler?.onResponsePause();
  }

  #advance(bytes: Buffer): void {
    let rest = bytes;
    while (this.#state === 'head' && !this.#isPaused) {
      const end = findHeadEnd(rest, 0);
      if (end === -1) {
        if (rest.length > this.#owner.headerBytes) return this.#fail('malformed-response');
        break;
      }
      if (!this.#onHead(parseResponseHead(rest, latin1(rest, 0, end), end, this.#method, this.#owner.headerCount))) return;
      rest = rest.subarray(end);
    }
    if (this.#isPaused || this.#state === 'head') return this.#pending.keep(rest);
    this.#pending.clear();
    if (this.#state === 'body') this.#onBody(rest);
    else if (this.#state === 'tunnel' && rest.length > 0) this.#handler?.onResponseData(rest);
    // Bytes on an idle connection, or after the end of an answer, belong to nobody.
    else if (rest.length > 0) this.#close();
  }

  #onHead(head: ResponseRecord | HttpFault): boolean {
    if (!(head instanceof ResponseRecord)) {
      this.#fail('malformed-response');
      return false;
    }
    this.#head = head;
    if (head.status >= 200) {
      this.#state = 'body';
      this.#remaining = head.bodyLength;
      this.#decoder = head.framing === 'chunked' ? new ChunkedDecoder() : null;
    }
    this.#handler?.onResponseHead(head);
    return this.isOpen;
  }

  /** Once the answer has ended the connection may already carry the next exchange: nothing may be touched after `#end`. */
  #onBody(bytes: Buffer): void {
    switch (this.#head?.framing) {
      case 'close':
        if (bytes.length > 0) this.#onPiece(bytes);
        return;
      case 'length': {
        const used = Math.min(bytes.length, this.#remaining);
        this.#remaining -= used;
        if (used > 0) this.#onPiece(used === bytes.length ? bytes : bytes.subarray(0, used));
        if (this.#remaining === 0) this.#end(NO_TRAILERS, bytes.length - used);
        return;
      }
      case 'chunked':
        return this.#onChunked(bytes);
      default:
        this.#end(NO_TRAILERS, bytes.length);
    }
  }

  #onChunked(bytes: Buffer): void {
    const decoder = this.#decoder;
    if (decoder === null) return;
    const used = decoder.push(bytes, 0, this.#onPiece);
    if (decoder.fault !== null) this.#fail('malformed-response');
    else if (decoder.isDone) this.#end(decoder.trailers, bytes.length - used);
  }

  #end(trailers: readonly HeaderPair[], surplusBytes: number): void {
    if (this.#state !== 'body') return;
    this.#state = 'ended';
    this.deadline = 0;
    this.#decoder = null;
    this.#hasSurplus = surplusBytes > 0;
    this.#handler?.onResponseEnd(trailers);
  }

  #onEnd(): void {
    this.#takeArrival();
    if (this.#state === 'body' && this.#head?.framing === 'close') this.#end(NO_TRAILERS, 0);
    else if (this.#state === 'tunnel') this.#handler?.onResponseEnd(NO_TRAILERS);
    else this.#fail('closed');
  }
}
