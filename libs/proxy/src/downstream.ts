import type { HeaderPair } from './gate.js';

/** Head of the answer that goes to the client, hop-by-hop fields already taken off. */
export interface AnswerHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly HeaderPair[];
  /** Status line and fields as an HTTP/1 client gets them, each with its CRLF; null where they are to be written from the rest. */
  readonly lines: string | null;
  /** Body bytes that will follow; `UNKNOWN_LENGTH` when only the end will tell; 0 also for answers that never have a body. */
  readonly bodyLength: number;
  /** The fields lack the length, which is known meanwhile: the writer adds it. */
  readonly addsLength: boolean;
}

/** The client's side of one exchange: a request of an HTTP/1 connection, or an HTTP/2 stream. */
export interface Downstream {
  /** Delivers the request body, or goes on with it after `pauseBody`. Until it is called the body is held back. */
  readBody(): void;
  /** Holds the body back; pieces that were already read may still come. */
  pauseBody(): void;
  sendContinue(): void;
  sendInterim(status: number, reason: string, headers: readonly HeaderPair[]): void;
  /** From here to `endAnswer` what is written may wait for `flush`. */
  startAnswer(head: AnswerHead): void;
  /** False when the client takes it slower than it comes: `onClientDrain` follows. */
  writeBody(piece: Buffer): boolean;
  /** The same with one character per byte. */
  writeText(piece: string): boolean;
  /** Nothing more comes for now: what waits is sent. */
  flush(): void;
  endAnswer(trailers: readonly HeaderPair[]): void;
  /** A whole answer of the proxy's own. Ends the exchange; closes the connection when the request was not read to its end. */
  answer(head: AnswerHead, body: Buffer): void;
  /** Cuts the client off, so that it can't take what it got for the whole. */
  abort(): void;
  /** Sends a 101 and hands all further bytes of the client to `onTunnelData`. */
  startTunnel(head: AnswerHead): void;
  endTunnel(): void;
}

/** What the client's side tells the exchange. */
export interface DownstreamEvents {
  onBodyData(piece: Buffer): void;
  onBodyEnd(): void;
  /** The body can't be read on: malformed framing, or too slow. */
  onBodyFailed(status: number, reason: string): void;
  onClientDrain(): void;
  onClientGone(reason: string): void;
  onTunnelData(piece: Buffer): void;
  onTunnelEnd(): void;
}
