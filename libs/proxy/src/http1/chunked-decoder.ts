import type { HeaderPair } from '../gate.js';
import { FAULT, type HttpFault } from './fault.js';
import { parseFields } from './fields.js';
import { hexValue, isTextByte } from './octets.js';

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;
/** 13 digits stay exact as a JavaScript number. */
const MAX_SIZE_DIGITS = 13;
/** Over the whole message: extensions are an amplifier for slow clients. */
const MAX_EXTENSION_BYTES = 1024;
const MAX_TRAILER_BYTES = 16_384;
const TRAILER_LIMITS = { headerCount: 50 };

type State = 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailer' | 'done';

/** Trailers that would change framing, routing or trust if someone merged them into the head (RFC 9110 6.5.1). */
const FORBIDDEN_TRAILERS = new Set([
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Takes chunked framing off a body, strictly: sizes of at most 13 hexadecimal digits and nothing else, CRLF only, extensions read over but bounded.
 * Fed with any split of the bytes it gives the same data.
 * @see RFC 9112 7.1
 */
export class ChunkedDecoder {
  #state: State = 'size';
  #size = 0;
  #digits = 0;
  #extensionBytes = 0;
  #trailer = '';
  #trailers: HeaderPair[] = [];
  #fault: HttpFault | null = null;

  get isDone(): boolean {
    return this.#state === 'done';
  }

  /** Set once a fault was met; nothing is decoded after it. */
  get fault(): HttpFault | null {
    return this.#fault;
  }

  /** Fields after the last chunk, once `isDone`. */
  get trailers(): readonly HeaderPair[] {
    return this.#trailers;
  }

  /**
   * Decodes from `start`, giving each piece of data (a view on `bytes`) to `onData`. Returns the offset of the first byte that isn't part of
   * the body any more (`bytes.length` while it isn't done).
   */
  push(bytes: Buffer, start: number, onData: (piece: Buffer) => void): number {
    let at = start;
    while (at < bytes.length && this.#state !== 'done' && this.#fault === null) {
      if (this.#state === 'data') {
        const end = Math.min(bytes.length, at + this.#size);
        onData(bytes.subarray(at, end));
        this.#size -= end - at;
        at = end;
        if (this.#size === 0) this.#state = 'data-cr';
      } else {
        this.#step(bytes[at] ?? 0);
        at += 1;
      }
    }
    return at;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case 'size':
        return this.#stepSize(byte);
      case 'extension':
        this.#extensionBytes += 1;
        if (byte === CR) this.#state = 'size-lf';
        else if (!isTextByte(byte) || this.#extensionBytes > MAX_EXTENSION_BYTES) this.#fault = FAULT.chunkExtension;
        return;
      case 'size-lf':
        if (byte !== LF) this.#fault = FAULT.bareCr;
        else this.#state = this.#size === 0 ? 'trailer' : 'data';
        this.#digits = 0;
        return;
      case 'data-cr':
        if (byte === CR) this.#state = 'data-lf';
        else this.#fault = FAULT.chunkEnd;
        return;
      case 'data-lf':
        if (byte === LF) this.#state = 'size';
        else this.#fault = FAULT.chunkEnd;
        return;
      case 'trailer':
        return this.#stepTrailer(byte);
      case 'data':
      case 'done':
        return;
    }
  }

  #stepSize(byte: number): void {
    const value = hexValue(byte);
    if (value >= 0) {
      this.#digits += 1;
      this.#size = this.#digits === 1 ? value : this.#size * 16 + value;
      if (this.#digits > MAX_SIZE_DIGITS) this.#fault = FAULT.chunkSize;
      return;
    }
    if (this.#digits === 0) this.#fault = byte === LF ? FAULT.bareLf : FAULT.chunkSize;
    else if (byte === CR) this.#state = 'size-lf';
    else if (byte === SEMICOLON) this.#state = 'extension';
    else this.#fault = byte === LF ? FAULT.bareLf : FAULT.chunkSize;
  }

  #stepTrailer(byte: number): void {
    this.#trailer += String.fromCharCode(byte);
    const text = this.#trailer;
    if (byte === LF && (text === '\r\n' || text.endsWith('\r\n\r\n'))) this.#finish(text);
    else if (text.length > MAX_TRAILER_BYTES) this.#fault = FAULT.trailer;
    else if (byte === LF && !text.endsWith('\r\n')) this.#fault = FAULT.bareLf;
  }

  #finish(text: string): void {
    const oddities = { hasControl: false };
    const fault = parseFields(Buffer.from(text, 'latin1'), text, 0, text.length, TRAILER_LIMITS, this.#trailers, [], oddities);
    if (fault !== null || oddities.hasControl) this.#fault = FAULT.trailer;
    else if (this.#trailers.some(([name]) => FORBIDDEN_TRAILERS.has(name.toLowerCase()))) this.#fault = FAULT.trailer;
    else this.#state = 'done';
  }
}
