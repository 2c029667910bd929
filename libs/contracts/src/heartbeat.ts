import { z } from 'zod';
import { guardStateSchema } from './availability/guard-plan.js';
import { facetSchema } from './desired-state.js';
import { networkFiguresSchema } from './network/figures.js';
import { instantSchema } from './primitives.js';
import { reportedStateSchema } from './reported-state.js';

export const HEARTBEAT_INTERVAL_MS = 10_000;
/** A box that has been silent for this long, while the ingress was receiving, is offline. */
export const SILENCE_LIMIT_MS = 30_000;

/** Engine figures since the last heartbeat; latencies are what the engine added or took in all, in milliseconds. */
export const engineMetricsSchema = z.strictObject({
  windowMs: z.int().nonnegative(),
  requests: z.int().nonnegative(),
  blocked: z.int().nonnegative(),
  detected: z.int().nonnegative(),
  /** Answers by class: `1xx` … `5xx`. */
  statusClasses: z.strictObject({
    informational: z.int(),
    success: z.int(),
    redirect: z.int(),
    clientError: z.int(),
    serverError: z.int(),
  }),
  /** Whole exchange as the client sees it. */
  latencyMs: z.strictObject({ p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() }).nullable(),
  /** Time spent in inspection alone. */
  inspectionMs: z.strictObject({ p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() }).nullable(),
  connections: z.int().nonnegative(),
  eventsWritten: z.int().nonnegative(),
  eventsLost: z.int().nonnegative(),
});
export type EngineMetrics = z.infer<typeof engineMetricsSchema>;

export const boxMetricsSchema = z.strictObject({
  /** Share of all cores, 0 to 1, since the last heartbeat. */
  cpu: z.number().min(0).max(1),
  load1: z.number().nonnegative(),
  memoryUsedBytes: z.int().nonnegative(),
  memoryTotalBytes: z.int().nonnegative(),
  diskUsedBytes: z.int().nonnegative(),
  diskTotalBytes: z.int().nonnegative(),
  uptimeSeconds: z.number().nonnegative(),
  spoolBytes: z.int().nonnegative(),
  spoolRecords: z.int().nonnegative(),
});
export type BoxMetrics = z.infer<typeof boxMetricsSchema>;

/** Published on `up/heartbeat` every `HEARTBEAT_INTERVAL_MS`. */
export const heartbeatSchema = z.strictObject({
  version: z.literal(1),
  /** Names the MQTT connection; a last will of another connection is ignored. */
  connectionId: z.string().min(8).max(64),
  sequence: z.int().nonnegative(),
  time: instantSchema,
  bootId: z.string().min(1).max(64),
  monotonicMs: z.number().nonnegative(),
  agentVersion: z.string().max(64),
  engineVersion: z.string().max(64).nullable(),
  certificateNotAfter: instantSchema,
  box: boxMetricsSchema,
  /** Null while the engine does not answer. */
  engine: engineMetricsSchema.nullable(),
  /** Packet engine; null where the box runs none. */
  network: networkFiguresSchema.nullable(),
  /** Null where no guard runs. */
  guard: guardStateSchema.nullable(),
  /** Facets beyond the engine's that this box can make true; a reason for each that it can't. */
  capabilities: z.array(z.strictObject({ facet: facetSchema, isAble: z.boolean(), reason: z.string().max(300).nullable() })).max(8),
  reported: reportedStateSchema,
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;

const CONNECTION_ID = /^([0-9a-f]{16})\.(\d{1,10})$/;

/** The id of an agent process's n-th connection. The instance (16 hex digits) is the process's own: a process that ended never comes back under it. */
export function connectionIdOf(instance: string, count: number): string {
  return `${instance}.${count}`;
}

/** The process that a connection belongs to, or null for an id of another form. */
export function instanceOf(connectionId: string): string | null {
  return CONNECTION_ID.exec(connectionId)?.[1] ?? null;
}

/** Published on `up/presence`: at connect (`online`), before a planned disconnect, and as the last will (`offline`). */
export const presenceSchema = z.strictObject({
  connectionId: z.string().min(8).max(64),
  state: z.enum(['online', 'offline']),
  reason: z.string().max(200).optional(),
});
export type Presence = z.infer<typeof presenceSchema>;
