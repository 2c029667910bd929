import type { AppliancePolicy } from '@phalanx/contracts';
import type { CollectionSharing } from '@phalanx/seclang';
import type { CarriedError } from '../engine-errors.js';
import type { MetricsSnapshot } from '../metrics/worker-metrics.js';
import type { SpoolUse } from '../events/spool-space.js';

/** A compiled ruleset on disk, named by the SHA-256 of its bytes, and the applications that it is for. */
export interface CompiledReference {
  readonly digest: string;
  readonly path: string;
  readonly applicationIds: readonly string[];
}

/** What a worker is to run. Certificates are read by the worker from `secretsFolder`. */
export interface Generation {
  readonly number: number;
  readonly policy: AppliancePolicy;
  readonly rulesets: readonly CompiledReference[];
  readonly secretsFolder: string;
}

/** What a worker computed over what it holds in memory. */
export interface GenerationDigests {
  readonly policyDigest: string;
  readonly rulesetDigest: string | null;
}

/** What a worker of an appliance needs beside what every worker needs. */
export interface ApplianceDoorSetup {
  readonly kind: 'appliance';
  readonly spoolFolder: string;
  readonly counterPath: string;
  /** The file in which all workers count refusals together. */
  readonly ratePath: string;
  /** Shared by all workers, base64: a TLS session begun at one is resumed at another. */
  readonly ticketKeys: string;
  readonly spool: SpoolUse;
}

/** What a worker of the engine alone needs. */
export interface StandaloneDoorSetup {
  readonly kind: 'standalone';
  readonly audit: string;
  /** Names of request headers that each audit line shows. */
  readonly auditHeaders: readonly string[];
  readonly mode: 'detection' | 'prevention';
}

/** Set-up of a worker process: the first message it gets. */
export interface WorkerSetup {
  readonly type: 'setup';
  readonly index: number;
  readonly workers: number;
  /** Journal of the persistent collections that all workers share. */
  readonly collectionsFolder: string;
  readonly door: ApplianceDoorSetup | StandaloneDoorSetup;
}

/** Primary to worker. Every request carries an `id` that its answer repeats. */
export type WorkerRequest =
  | WorkerSetup
  /** A bound socket comes with it, for when a generation listens there. */
  | { readonly type: 'socket'; readonly address: string; readonly port: number }
  | { readonly type: 'prepare'; readonly id: number; readonly generation: Generation }
  /** Switches to the prepared generation; or back to the one before it. */
  | { readonly type: 'commit'; readonly id: number; readonly number: number }
  | { readonly type: 'abort'; readonly number: number }
  | { readonly type: 'revert'; readonly id: number; readonly number: number }
  | { readonly type: 'status'; readonly id: number }
  | { readonly type: 'spool'; readonly use: SpoolUse }
  | { readonly type: 'drain'; readonly deadlineMs: number };

export interface WorkerStatus {
  readonly policyDigest: string | null;
  readonly rulesetDigest: string | null;
  readonly metrics: MetricsSnapshot;
  /** Sources that were refused since the last answer, and how often. */
  readonly refused: readonly (readonly [source: string, count: number])[];
  readonly listeners: readonly { readonly address: string; readonly port: number; readonly tls: boolean }[];
}

/** Worker to primary. */
export type WorkerAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'sharing'; readonly sharing: CollectionSharing }
  | ({ readonly type: 'prepared'; readonly id: number } & GenerationDigests)
  | { readonly type: 'committed'; readonly id: number }
  | { readonly type: 'refused'; readonly id: number; readonly error: CarriedError }
  | ({ readonly type: 'status'; readonly id: number } & WorkerStatus);
