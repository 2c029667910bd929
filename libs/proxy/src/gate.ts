/** A header as it came: name and value with their original case, one character per byte (latin1). */
export type HeaderPair = readonly [name: string, value: string];

/** Bytes of a body; as text where they came so: one character per byte. */
export type BodyBytes = Buffer | string;

/** Where something connects from or to. IPv6 without brackets; an IPv4 address mapped into IPv6 is written as IPv4. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** The listener a request came in at. `sni` is the server name of the TLS handshake, lower-case, when there was one. */
export interface ListenerInfo extends Endpoint {
  readonly tls: boolean;
  readonly sni?: string;
}

/**
 * Why the proxy itself won't forward a request that is odd but unambiguous (missing Host, HTTP/3.0 as text, CONNECT, …). The gate judges
 * such a request first, so that rules can see and log it; if it passes, this is the answer.
 */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/** A request's head. Text is latin1: one character per byte, nothing decoded. */
export interface RequestHead {
  readonly method: string;
  /** The request target's raw bytes, as in the request line. */
  readonly target: string;
  /** Target without query and, in absolute form, without scheme and authority; `*` for the asterisk form. Not decoded. */
  readonly path: string;
  /** What follows the first `?`, without it; '' when there is none. Not decoded. */
  readonly query: string;
  /** As in the request line (`HTTP/1.1`, but also `HTTP/1.2` or `JUNK`), or `HTTP/2`. */
  readonly protocol: string;
  /** Authority that the request is routed by: lower-case, no port, no brackets. '' when there is none or it is invalid. */
  readonly host: string;
  /** In order of arrival. For HTTP/2 pseudo-headers are left out and `Host` stands for `:authority`. */
  readonly headers: readonly HeaderPair[];
  readonly refusal: Refusal | null;
}

/** A response's head as the origin sent it, hop-by-hop fields included. */
export interface ResponseHead {
  readonly protocol: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly HeaderPair[];
  /** Body bytes follow, or may. */
  readonly hasBody: boolean;
}

/** What a request is routed to. `id` is the application's id in the policy. */
export interface ApplicationRoute {
  readonly id: string;
  /** Exact lower-case host names and `*.example.com` (any depth below, not the name itself). */
  readonly hosts: readonly string[];
}

/** One request with its response, from the first byte of its head to the last of the answer. */
export interface Exchange {
  /** 128 bits, lower-case hex; unguessable, unique over workers and restarts. */
  readonly requestId: string;
  /** Who is counted as the source: by the listener's client-address policy. */
  readonly client: Endpoint;
  /** The other end of the socket. */
  readonly peer: Endpoint;
  readonly listener: ListenerInfo;
  readonly request: RequestHead;
  /** Null when no route has the host and there is no default: answered 404 after the gate has seen it. */
  readonly application: ApplicationRoute | null;
  /** `performance.now()` when the head was complete, ms. */
  readonly startedAt: number;
  /** Body bytes received from the client so far (decoded from chunks). */
  readonly requestBodyBytes: number;
  /** Body bytes sent to the client so far. */
  readonly responseBodyBytes: number;
  /** The gate's own slot: its per-request state lives here. The proxy never looks at it. */
  inspection: unknown;
}

/** What a stage refuses with. `status` 200-599; a missing body is taken from `ProxyConfig.blockPage`. */
export interface Block {
  readonly kind: 'block';
  readonly status: number;
  readonly reason: string;
  readonly body?: Buffer;
  readonly headers?: readonly HeaderPair[];
}

/** What a stage decides. A block is a value, never an exception. */
export type Verdict = { readonly kind: 'pass' } | Block;

/** The one pass verdict: stages return it rather than a new object. */
export const PASS: Verdict = Object.freeze({ kind: 'pass' });

/** A verdict now (the usual, cheapest case), or later where the inspection yields to other connections in between. */
export type Judgement = Verdict | Promise<Verdict>;

/** Where in its course an exchange was stopped. */
export type Stage = 'request-head' | 'request-body' | 'response-head' | 'response-body';

/** How an exchange ended. */
export type Outcome =
  /** The origin's answer went to the client whole. */
  | { readonly kind: 'answered'; readonly status: number }
  /** A gate's block. */
  | { readonly kind: 'blocked'; readonly status: number; readonly stage: Stage; readonly reason: string }
  /** The proxy answered by itself: no route, refusal, over a limit, time-out, origin unreachable or wrong. */
  | { readonly kind: 'failed'; readonly status: number; readonly reason: string }
  /** A side went away before the answer was whole. `status` is 0 when no answer had begun. */
  | { readonly kind: 'aborted'; readonly status: number; readonly by: 'client' | 'origin' | 'proxy'; readonly reason: string };

/** Bytes that no request can be made of, or on which two parsers could disagree. The connection is closed after `status`. */
export interface MalformedRequest {
  readonly requestId: string;
  readonly client: Endpoint;
  readonly peer: Endpoint;
  readonly listener: ListenerInfo;
  /** A stable word such as `content-length-and-transfer-encoding`. */
  readonly reason: string;
  readonly status: number;
  /** The start of what came, at most 2 kB. */
  readonly bytes: Buffer;
}

/**
 * Inspection, as the proxy sees it: one gate per application and ruleset generation, which a request keeps from beginning to end. The
 * methods are called in this order, each at most once per exchange; after a block only `onEnd` follows. A gate must not throw: if it does
 * (or its promise rejects) the exchange is answered 500 and nothing is forwarded.
 */
export interface Gate {
  onRequestHead(exchange: Exchange): Judgement;
  /** False streams the body to the origin without a look. Asked for requests without a body too: false then skips `onRequestBody`. */
  wantsRequestBody(exchange: Exchange): boolean;
  /**
   * The body up to the inspection limit, before any connection to the origin. `truncated`: the body is longer and the policy is
   * `pass-unexamined`. Called with an empty body too when the request has none and the gate wants bodies, so that body rules always run.
   */
  onRequestBody(exchange: Exchange, body: BodyBytes, truncated: boolean): Judgement;
  onResponseHead(exchange: Exchange, head: ResponseHead): Judgement;
  wantsResponseBody(exchange: Exchange, head: ResponseHead): boolean;
  onResponseBody(exchange: Exchange, body: BodyBytes, truncated: boolean): Judgement;
  /**
   * Exactly once for each exchange. For an answer that the proxy makes itself (blocked, failed) before its first byte leaves, so that a seen
   * refusal has its event; else after the last byte was handed to the socket.
   */
  onEnd(exchange: Exchange, outcome: Outcome): void;
  /** Called before the 4xx leaves. Always on the gate of application null (`gateFor(null)`). */
  onMalformed?(request: MalformedRequest): void;
}
