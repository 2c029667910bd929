import type { HeaderPair, Refusal, RequestHead } from './gate.js';

/** `bodyLength` of a body whose end is found by its framing (chunked, or END_STREAM) rather than announced. */
export const UNKNOWN_LENGTH = -1;

/** A parsed request: what gates see (`RequestHead`) and what framing and forwarding need besides. */
export class RequestRecord implements RequestHead {
  readonly headers: HeaderPair[] = [];
  method = '';
  target = '';
  path = '';
  query = '';
  protocol = '';
  host = '';
  refusal: Refusal | null = null;
  /** Host header, or the authority of an absolute-form target, as it came. */
  authority = '';
  /** The target in origin form (or `*`), as it goes to the origin. */
  forwardTarget = '';
  /** 0 for none, a positive length, or `UNKNOWN_LENGTH`. */
  bodyLength = 0;
  /** Whether the client keeps the connection for another request. */
  keepAlive = true;
  /** At least HTTP/1.1, so that it understands chunks and interim answers. */
  isModern = true;
  expectsContinue = false;
  /** Asks for a WebSocket upgrade that may be passed on. */
  wantsWebSocket = false;
  /** Lower-case names that `Connection` nominates as hop-by-hop; null when there are none besides keep-alive/close/upgrade. */
  connectionNames: Set<string> | null = null;
  /** `TE: trailers`: trailers of the answer may be sent. */
  acceptsTrailers = false;
  hasTransferEncoding = false;
  closeAsked = false;
  isUpgradeNominated = false;

  /** The first refusal stands: later findings don't replace it. */
  refuse(status: number, reason: string): void {
    this.refusal ??= { status, reason };
  }
}
