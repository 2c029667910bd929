import type { Logger } from '@phalanx/kit';
import type { Exchange, Outcome } from './gate.js';

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

/** A bound socket that another process has opened, as it came over the channel between the two. */
export type SharedSocket = object;

export interface ProxyServerOptions {
  /** Several processes share the port (`SO_REUSEPORT`). */
  readonly reusePort?: boolean;
  /** Hands over the socket to listen on, for good; null where the proxy is to open one itself. */
  readonly socketFor?: (address: string, port: number) => SharedSocket | null;
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
