export interface SteadyOptions {
  readonly address: string;
  readonly port: number;
  readonly requestsPerSecond: number;
  /** The number of the request is added to its query as `n`. `/` unless given. */
  readonly path?: string;
  /** Host header; the address unless given. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without an answer by then a request has failed; 5 s unless given. */
  readonly timeoutMs?: number;
  /** True: all requests go over one connection for as long as it lives. False: each has its own. */
  readonly keepAlive?: boolean;
  /** True: over TLS, whatever the certificate. */
  readonly tls?: boolean;
  readonly localAddress?: string;
}

/** One request and what became of it. Times are of the kernel's monotonic clock, in milliseconds, like `monotonicMs()`. */
export interface SteadyOutcome {
  readonly n: number;
  readonly startedMs: number;
  readonly endedMs: number;
  /** 0: no whole answer came. */
  readonly status: number;
  readonly error: string | null;
  /** The first 200 characters of the answer. */
  readonly body: string;
}
