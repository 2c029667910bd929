import type { BodyStore } from '../body-store.js';
import { buildForwardHead, type ForwardBody, type Provenance } from '../forwarding.js';
import { UNKNOWN_LENGTH, type RequestRecord } from '../request-record.js';
import type { UpstreamConnection } from './connection.js';

/** Below this, head and body go out as one string in one system call; copying costs less than a second call. */
const JOIN_BYTES = 16_384;
const NO_BODY: ForwardBody = { kind: 'none' };

/** A request whose body, if it has one, came with its head: all of it as one text. */
export function wholeRequest(record: RequestRecord, from: Provenance): string {
  if (record.body === null) return buildForwardHead(record, from, NO_BODY);
  return buildForwardHead(record, from, { kind: 'length', bytes: record.body.length }) + record.body;
}

/**
 * One request on its way over one connection: its head, then what was held of its body, then the rest as it arrives. A body that is known whole
 * always goes with a length, whatever its framing was.
 */
export class ForwardedRequest {
  readonly #connection: UpstreamConnection;
  readonly #record: RequestRecord;
  readonly #store: BodyStore | null;
  readonly #isChunked: boolean;
  readonly #head: string;
  #isReceived: boolean;
  #isStoreSent: boolean;
  #isSent = false;

  /** `store` holds the body so far (null when it was never held); `isReceived` says that nothing follows. */
  constructor(connection: UpstreamConnection, record: RequestRecord, from: Provenance, store: BodyStore | null, isReceived: boolean) {
    this.#connection = connection;
    this.#record = record;
    this.#store = store;
    this.#isReceived = isReceived;
    this.#isStoreSent = store === null;
    const body = this.#bodyForm();
    this.#isChunked = body.kind === 'chunked';
    this.#head = buildForwardHead(record, from, body);
  }

  /** The last byte was written. */
  get isSent(): boolean {
    return this.#isSent;
  }

  /** What was held is on its way, so that further pieces go to `write`. Before, they belong into the store. */
  get isStoreSent(): boolean {
    return this.#isStoreSent;
  }

  /** Sends what there is. False when the connection is full: go on at its drain. */
  send(): boolean {
    const store = this.#store;
    if (!this.#isReceived || (store !== null && store.size > JOIN_BYTES)) {
      const isFlowing = this.#connection.write(this.#head);
      return this.#pump() && isFlowing;
    }
    this.#isSent = true;
    this.#isStoreSent = true;
    return this.#connection.write(store === null ? this.#head : this.#head + store.first(store.size).toString('latin1'));
  }

  /** The connection took what it had. False when it is full again. */
  onDrain(): boolean {
    return this.#isSent || this.#pump();
  }

  /** A further piece. False when the connection is full. */
  write(piece: Buffer): boolean {
    if (piece.length === 0) return true;
    if (!this.#isChunked) return this.#connection.write(piece);
    return this.#connection.writeTogether([`${piece.length.toString(16)}\r\n`, piece, '\r\n']);
  }

  /** The client has sent everything. */
  end(): void {
    this.#isReceived = true;
    if (this.#isStoreSent) this.#finish();
  }

  #bodyForm(): ForwardBody {
    const { bodyLength } = this.#record;
    if (bodyLength === 0) return { kind: 'none' };
    if (this.#store !== null && this.#isReceived) return { kind: 'length', bytes: this.#store.size };
    return bodyLength === UNKNOWN_LENGTH ? { kind: 'chunked' } : { kind: 'length', bytes: bodyLength };
  }

  #pump(): boolean {
    if (this.#store !== null && !this.#isStoreSent) {
      for (let piece = this.#store.next(); piece !== null; piece = this.#store.next()) if (!this.write(piece)) return false;
      this.#isStoreSent = true;
    }
    if (this.#isReceived) this.#finish();
    return true;
  }

  #finish(): void {
    if (this.#isSent) return;
    this.#isSent = true;
    if (this.#isChunked) this.#connection.write('0\r\n\r\n');
  }
}
