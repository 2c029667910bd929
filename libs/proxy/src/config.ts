import type { ApplicationRoute, Block, Exchange, Gate, HeaderPair } from './gate.js';

/** A certificate with its chain and key, for the server names it serves. */
export interface CertificateEntry {
  /** Exact names and `*.example.com` (one label, as in the certificate), lower-case. */
  readonly hosts: readonly string[];
  readonly certPem: string;
  readonly keyPem: string;
}

export interface ListenerTls {
  /** The first entry serves clients without (or with an unknown) server name. */
  readonly certificates: readonly CertificateEntry[];
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** OpenSSL cipher list; Node's default otherwise. */
  readonly ciphers?: string;
  /** Offers HTTP/2 by ALPN; true by default. */
  readonly http2?: boolean;
  /** 48 random bytes that all workers share, so that a session ticket of one is good at the other. */
  readonly ticketKeys?: Buffer;
}

/**
 * Who is the source of a request. `networks` are CIDR blocks (IPv4 or IPv6) of trusted proxies; what others claim is ignored.
 * `forwarded-header`: from the right, the first address that is not of a trusted network.
 */
export type ClientAddressPolicy =
  | { readonly kind: 'socket' }
  | { readonly kind: 'proxy-protocol'; readonly networks: readonly string[] }
  | { readonly kind: 'forwarded-header'; readonly header: string; readonly networks: readonly string[] };

export interface ListenerConfig {
  /** `0.0.0.0` or `::` (also IPv4) for all. */
  readonly address: string;
  /** 0 takes a free one; see `ProxyServer.addresses()`. */
  readonly port: number;
  readonly tls?: ListenerTls;
  readonly clientAddress?: ClientAddressPolicy;
}

export interface TargetConfig {
  readonly host: string;
  readonly port: number;
  /** 1 to 100; 1 by default. */
  readonly weight?: number;
}

export interface UpstreamTls {
  /** Checks chain and name; true by default. */
  readonly verify?: boolean;
  readonly caPem?: string;
  /** Name sent and checked; the target's host by default. */
  readonly serverName?: string;
}

export interface UpstreamConfig {
  readonly targets: readonly TargetConfig[];
  /** Present for https. */
  readonly tls?: UpstreamTls;
  readonly balance?: 'round-robin' | 'least-connections';
  /** Open connections per target at most; further requests wait `acquireTimeoutMs`. 512 by default. */
  readonly maxConnections?: number;
  /** Idle connections kept per target; 64 by default. 0 closes each after its answer. */
  readonly maxIdle?: number;
  /** How long an idle connection is kept, ms; 30,000 by default. */
  readonly keepAliveMs?: number;
  readonly connectTimeoutMs?: number;
  readonly acquireTimeoutMs?: number;
  /** Silence of the origin during an exchange, ms; 60,000 by default. */
  readonly responseTimeoutMs?: number;
  /** Failures in a row until a target rests; 3 by default. */
  readonly maxFails?: number;
  /** How long it rests, ms; 10,000 by default. */
  readonly failTimeoutMs?: number;
}

/** An application with its hosts and origin. */
export interface ApplicationConfig extends ApplicationRoute {
  readonly upstream: UpstreamConfig;
  /** Takes requests whose host no application names. At most one. */
  readonly isDefault?: boolean;
  readonly limits?: Partial<BodyLimits>;
}

/** How much of a body is held for inspection. */
export interface BodyLimits {
  /** Request body bytes that are buffered and judged. */
  readonly requestBodyLimitBytes: number;
  /** What happens to a longer one: 413, or the rest streams unexamined once the first part has passed. */
  readonly requestOverLimit: 'reject' | 'pass-unexamined';
  /** Body bytes held in memory while they arrive; more go to a temporary file. */
  readonly bodyMemoryBytes: number;
  readonly responseBodyLimitBytes: number;
  readonly responseOverLimit: 'reject' | 'pass-unexamined';
}

export interface ProxyLimits extends BodyLimits {
  readonly headerBytes: number;
  readonly headerCount: number;
  readonly urlBytes: number;
  /** From the first byte of a request to the end of its head. */
  readonly headersTimeoutMs: number;
  /** Silence while a request body is awaited. */
  readonly bodyTimeoutMs: number;
  /** A request body must arrive with this many bytes per second on average after the first `bodyTimeoutMs`; 0 switches it off. */
  readonly bodyMinBytesPerSecond: number;
  /** Silence between requests of a kept connection. */
  readonly idleTimeoutMs: number;
  /** Silence of both sides of an upgraded connection. */
  readonly tunnelTimeoutMs: number;
  /** A client that doesn't take its answer for so long is cut off. */
  readonly writeTimeoutMs: number;
  /** Requests of one connection, after which it is ended gracefully. */
  readonly keepAliveMaxRequests: number;
  /** In all; fewer where the process may not have so many files open beside its connections to origins. */
  readonly maxConnections: number;
  /** Per client address of the socket (IPv6 by /64). */
  readonly maxConnectionsPerSource: number;
  /** Concurrent streams of an HTTP/2 connection. */
  readonly http2MaxStreams: number;
  /** Streams per second that a client may give up before their answer, over ten seconds. */
  readonly http2ResetsPerSecond: number;
  /** PING and SETTINGS frames per second, over ten seconds. */
  readonly http2ControlFramesPerSecond: number;
  /** Bytes per second of frames that are neither bodies nor heads, over ten seconds. */
  readonly http2OverheadBytesPerSecond: number;
}

/** The headers and body of an answer that the proxy makes. */
export interface Page {
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer;
}

/** The whole configuration of a proxy. `apply` switches to it as one step. */
export interface ProxyConfig {
  readonly listeners: readonly ListenerConfig[];
  readonly applications: readonly ApplicationConfig[];
  readonly limits?: Partial<ProxyLimits>;
  /** The page of a block that brings no body of its own. A plain page with the request id by default. */
  readonly blockPage?: (exchange: Exchange, block: Block) => Page;
  /** The gate of an application, or (null) of requests without one. Called once per application at each `apply`. */
  readonly gateFor: (application: ApplicationConfig | null) => Gate;
}

/** Limits that hold where the configuration says nothing. */
export const DEFAULT_LIMITS: ProxyLimits = Object.freeze({
  requestBodyLimitBytes: 131_072,
  requestOverLimit: 'reject',
  bodyMemoryBytes: 131_072,
  responseBodyLimitBytes: 524_288,
  responseOverLimit: 'pass-unexamined',
  headerBytes: 65_536,
  headerCount: 200,
  urlBytes: 16_384,
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 15_000,
  bodyMinBytesPerSecond: 500,
  idleTimeoutMs: 60_000,
  tunnelTimeoutMs: 600_000,
  writeTimeoutMs: 30_000,
  keepAliveMaxRequests: 10_000,
  maxConnections: 20_000,
  maxConnectionsPerSource: 10_000,
  http2MaxStreams: 100,
  http2ResetsPerSecond: 20,
  http2ControlFramesPerSecond: 20,
  http2OverheadBytesPerSecond: 65_536,
});
