import { type Batched, loopBatch } from '@phalanx/kit';
import type { Counters } from '../context.js';
import type { AnswerHead } from '../downstream.js';
import type { HeaderPair } from '../gate.js';
import { httpDate } from '../page.js';
import { UNKNOWN_LENGTH, type RequestRecord } from '../request-record.js';
import type { SocketWriter } from '../socket-writer.js';
import { latin1 } from './octets.js';

/** Below this, pieces are joined with what waits: copying costs less than a further system call. */
const JOIN_BYTES = 16_384;

/**
 * Writes answers of one connection. What one event of the loop produces (head, small body, end; also several pipelined answers) leaves in one
 * system call. Nothing is written before `flush`, except by large pieces and much text.
 */
export class AnswerWriter implements Batched {
  readonly #socket: SocketWriter;
  readonly #counters: Counters;
  readonly #onFull: () => void;
  #waiting = '';
  #isPlanned = false;
  #isChunked = false;
  #isBodyless = false;
  #remaining = 0;

  /** `onFull` is called when the client takes less than was written. */
  constructor(socket: SocketWriter, counters: Counters, onFull: () => void) {
    this.#socket = socket;
    this.#counters = counters;
    this.#onFull = onFull;
  }

  /** The head of the answer to `request`. Unless `isKept`, the client is told that the connection ends with it. */
  head(answer: AnswerHead, request: RequestRecord, isKept: boolean): void {
    const { status, bodyLength } = answer;
    const { isModern } = request;
    this.#isBodyless = request.method === 'HEAD' || status < 200 || status === 204 || status === 304;
    this.#isChunked = bodyLength === UNKNOWN_LENGTH && isModern && !this.#isBodyless;
    this.#remaining = this.#isBodyless ? 0 : bodyLength;
    let text = linesOf(answer);
    if (this.#isChunked) text += 'Transfer-Encoding: chunked\r\n';
    else if (answer.addsLength && bodyLength >= 0 && status >= 200 && status !== 204) text += `Content-Length: ${bodyLength}\r\n`;
    if (!isKept) text += 'Connection: close\r\n';
    else if (!isModern) text += 'Connection: keep-alive\r\n';
    this.#waiting += `${text}\r\n`;
  }

  /** A whole answer of the proxy's own. */
  own(answer: AnswerHead, body: Buffer, request: RequestRecord, isKept: boolean): void {
    const headers: readonly HeaderPair[] = [...answer.headers, ['Date', httpDate()]];
    this.head({ ...answer, headers }, request, isKept);
    this.body(body);
  }

  /** The head of a 101, after which bytes go through as they are. */
  upgrade(answer: AnswerHead): void {
    this.#waiting += `${linesOf(answer)}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    this.flush();
  }

  interim(status: number, reason: string, headers: readonly HeaderPair[]): void {
    this.#waiting += `${statusLine(status, reason)}${fieldLines(headers)}\r\n`;
  }

  /** False while the client takes less than comes. */
  body(piece: Buffer): boolean {
    if (this.#isBodyless || piece.length === 0) return true;
    if (this.#remaining > 0) this.#remaining -= piece.length;
    if (piece.length + this.#waiting.length <= JOIN_BYTES) {
      this.#join(latin1(piece, 0, piece.length));
    } else {
      this.#large(piece);
    }
    return !this.#socket.isFull;
  }

  /** The same with one character per byte, for pieces that are not large. */
  text(piece: string): boolean {
    if (this.#isBodyless || piece.length === 0) return true;
    if (this.#remaining > 0) this.#remaining -= piece.length;
    this.#join(piece);
    return this.#waiting.length <= JOIN_BYTES || this.flush();
  }

  #join(text: string): void {
    this.#waiting += this.#isChunked ? `${text.length.toString(16)}\r\n${text}\r\n` : text;
  }

  /** False when fewer bytes were written than the head has announced. */
  end(trailers: readonly HeaderPair[]): boolean {
    if (this.#isChunked) this.#waiting += `0\r\n${fieldLines(trailers)}\r\n`;
    return this.#remaining <= 0;
  }

  /** Bytes that go out as they are (a tunnel's). */
  raw(piece: Buffer): boolean {
    this.flush();
    return this.#write(piece);
  }

  /** Sends what waits. False when the client takes less than comes. */
  flush(): boolean {
    if (this.#waiting === '') return true;
    const text = this.#waiting;
    this.#waiting = '';
    return this.#write(text);
  }

  /** Bytes of an answer wait for a flush. */
  get hasWaiting(): boolean {
    return this.#waiting !== '';
  }

  /** Sends what waits at the end of this turn of the loop. */
  flushSoon(): void {
    if (this.#isPlanned || this.#waiting === '') return;
    this.#isPlanned = true;
    loopBatch.addWrite(this);
  }

  onTurnEnd(): void {
    this.#isPlanned = false;
    if (!this.#socket.isDestroyed) this.flush();
  }

  #write(data: string | Buffer): boolean {
    this.#counters.bytesOut += data.length;
    return this.#noted(typeof data === 'string' ? this.#socket.writeText(data) : this.#socket.write(data));
  }

  #large(piece: Buffer): void {
    const before = this.#isChunked ? `${this.#waiting}${piece.length.toString(16)}\r\n` : this.#waiting;
    this.#waiting = this.#isChunked ? '\r\n' : '';
    this.#counters.bytesOut += before.length + piece.length;
    this.#noted(this.#socket.writeTogether(before === '' ? [piece] : [before, piece]));
  }

  #noted(isFlowing: boolean): boolean {
    if (!isFlowing) this.#onFull();
    return isFlowing;
  }
}

function linesOf(answer: AnswerHead): string {
  return answer.lines ?? statusLine(answer.status, answer.reason) + fieldLines(answer.headers);
}

function statusLine(status: number, reason: string): string {
  return `HTTP/1.1 ${status} ${reason}\r\n`;
}

function fieldLines(fields: readonly HeaderPair[]): string {
  let text = '';
  for (const [name, value] of fields) text += `${name}: ${value}\r\n`;
  return text;
}
