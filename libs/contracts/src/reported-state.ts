import { z } from 'zod';
import { facetSchema, FACETS, releaseReferenceSchema, stateOrderSchema } from './desired-state.js';
import { haStatusSchema } from './ha/ha-status.js';
import { instantSchema, sha256Schema } from './primitives.js';

/** What one engine worker says of the rules and settings in its own memory. */
export const workerStateSchema = z.strictObject({
  index: z.int().min(0).max(1023),
  pid: z.int().positive(),
  state: z.enum(['starting', 'serving', 'failed', 'unresponsive']),
  /** Digest that the worker computed over the appliance policy in its memory; null before its first load. */
  policyDigest: sha256Schema.nullable(),
  /** Digest that the worker computed over the compiled rules in its memory. */
  rulesetDigest: sha256Schema.nullable(),
  reason: z.string().max(500).optional(),
});
export type WorkerState = z.infer<typeof workerStateSchema>;

/**
 * Where one facet stands on the box.
 * - `pending`: newer desired state is being worked on
 * - `applied`: every worker runs exactly `target`, and the files on disk are those that it was loaded from
 * - `failed`: the last attempt was undone; `reason` says why; what ran before still runs
 * - `drifted`: what runs or lies on disk is not what was applied
 */
export const facetReportSchema = z.strictObject({
  facet: facetSchema,
  state: z.enum(['absent', 'pending', 'applied', 'failed', 'drifted']),
  /** The release that was last committed; null where there has been none. */
  target: releaseReferenceSchema.nullable(),
  /** The release that the box is working towards, when it is another. */
  wanted: releaseReferenceSchema.nullable(),
  /** Digest that each worker must show for the committed release. */
  expectedDigest: sha256Schema.nullable(),
  /** Digest of the files on disk, read back. */
  renderedDigest: sha256Schema.nullable(),
  reason: z.string().max(2000).optional(),
  /** Where it drifted: unified diff, what was applied against what was found. */
  diff: z.string().max(20_000).optional(),
  step: z.string().max(100).optional(),
  changedAt: instantSchema,
});
export type FacetReport = z.infer<typeof facetReportSchema>;

/** Published on `up/reported` at each change and in each heartbeat. `revision` grows with every report of a box and never goes back. */
export const reportedStateSchema = z.strictObject({
  version: z.literal(1),
  revision: z.int().nonnegative(),
  /** The desired state that the box works on or has finished; null before the first. */
  order: stateOrderSchema.nullable(),
  facets: z.array(facetReportSchema).max(FACETS.length),
  workersWanted: z.int().min(0).max(1024),
  workers: z.array(workerStateSchema).max(1024),
  /** False while the box has no clock it can trust: it keeps what runs and takes nothing new. */
  hasTrustedTime: z.boolean(),
  /** The box's part in its pair; null where it has none. */
  ha: haStatusSchema.nullable(),
});
export type ReportedState = z.infer<typeof reportedStateSchema>;
