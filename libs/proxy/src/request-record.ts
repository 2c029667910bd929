import type { HeaderPair, Refusal, RequestHead } from './gate.js';
import type { FieldMark } from './http1/fields.js';

/** `bodyLength` of a body whose end is found by its framing (chunked, or END_STREAM) rather than announced. */
export const UNKNOWN_LENGTH = -1;

/** RFC 9110 9.3: methods whose requests usually have content. */
export const METHODS_WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** RFC 9110 9.2.2. */
const IDEMPOTENT_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

/** A parsed request: what gates see (`RequestHead`) and what framing and forwarding need besides. */
export class RequestRecord implements RequestHead {
  readonly headers: HeaderPair[] = [];
  /** The head as it came over HTTP/1, at the start of this text; '' for HTTP/2. */
  text = '';
  /** Offsets of the field lines in `text`: from the first one's start to the empty line. */
  fieldsStart = 0;
  fieldsEnd = 0;
  /** The field lines that can't be copied on without a look. */
  readonly marks: FieldMark[] = [];
  /** The whole body, one character per byte, when it came together with the head; null when it is still to be read, or there is none. */
  body: string | null = null;
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
  hasUpgrade = false;
  /** Sec-WebSocket-Key and Sec-WebSocket-Version; '' where there are none. */
  webSocketKey = '';
  webSocketVersion = '';

  /** May be sent again when nobody knows whether the first one was acted on. */
  get isIdempotent(): boolean {
    return IDEMPOTENT_METHODS.has(this.method);
  }

  /** Bytes of head and `body`, as they came over HTTP/1. */
  get wireBytes(): number {
    return this.fieldsEnd + 2 + (this.body === null ? 0 : this.body.length);
  }

  /**
   * It has a body although its method is not expected to (GET, HEAD, DELETE, …). An origin that ignores such a body would take it for the next
   * request, so that the connection to the origin ends with this one.
   */
  get hasUnexpectedBody(): boolean {
    return this.bodyLength !== 0 && !METHODS_WITH_BODY.has(this.method);
  }

  /** The first refusal stands: later findings don't replace it. What follows an odd request on its connection isn't trusted. */
  refuse(status: number, reason: string): void {
    this.refusal ??= { status, reason };
    this.keepAlive = false;
  }
}
