import { z } from 'zod';
import { sha256Schema } from './primitives.js';
import { engineMetricsSchema } from './heartbeat.js';
import { workerStateSchema } from './reported-state.js';

/**
 * The engine's control socket (`<engine home>/control.sock`, mode 0600): one JSON request a line, one JSON answer a line, matched by `id`.
 *
 * An engine's home holds, all written by the agent unless said otherwise:
 * - `active/policy.json`     the appliance policy (`AppliancePolicy`)
 * - `active/signatures.json` the signature pack (`SignaturePack`); absent: no signatures are evaluated
 * - `secrets/<id>.json`      `TlsSecret`, mode 0600
 * - `spool/`                 event segments, written by the workers
 * - `compiled/`              compiled rules by digest, written by the engine
 * - `staged/`                a candidate `policy.json` / `signatures.json` for `load`
 * An engine that starts loads `active/` by itself, so that a box serves without its agent.
 */
export const engineRequestSchema = z.discriminatedUnion('op', [
  z.strictObject({ id: z.int().nonnegative(), op: z.literal('status') }),
  /** Figures since the last `metrics` request with the same reader name. */
  z.strictObject({ id: z.int().nonnegative(), op: z.literal('metrics'), reader: z.string().min(1).max(64) }),
  /**
   * Compiles the files of a folder (`policy.json` and, if there, `signatures.json`; relative to home), prepares every worker with them and switches all of them,
   * or none. The answer names the digests that each worker must now show. The caller then moves the files to `active/`.
   */
  z.strictObject({ id: z.int().nonnegative(), op: z.literal('load'), folder: z.enum(['staged', 'active']) }),
  /** Sources whose requests were refused since the last such request; only those that connected by themselves (no forwarded addresses). */
  z.strictObject({ id: z.int().nonnegative(), op: z.literal('refusals') }),
  /** Only validates and compiles; nothing changes. */
  z.strictObject({ id: z.int().nonnegative(), op: z.literal('check'), folder: z.enum(['staged', 'active']) }),
  /** Finishes what is in flight, then exits. */
  z.strictObject({ id: z.int().nonnegative(), op: z.literal('drain'), deadlineMs: z.int().positive() }),
]);
export type EngineRequest = z.infer<typeof engineRequestSchema>;

export const engineStatusSchema = z.strictObject({
  version: z.string(),
  pid: z.int(),
  workersWanted: z.int(),
  workers: z.array(workerStateSchema),
  /** Digests that a worker must show to run what was last loaded; null before the first load. */
  expected: z.strictObject({ policyDigest: sha256Schema, rulesetDigest: sha256Schema.nullable() }).nullable(),
  listeners: z.array(z.strictObject({ address: z.string(), port: z.int(), tls: z.boolean() })),
});
export type EngineStatus = z.infer<typeof engineStatusSchema>;

export const engineLoadSchema = z.strictObject({
  policyDigest: sha256Schema,
  rulesetDigest: sha256Schema.nullable(),
  /** What the compiler says of the pack: rules loaded, and constructs skipped by name with `file:line`. */
  report: z.strictObject({ rules: z.int(), skipped: z.array(z.string()) }),
});
export type EngineLoad = z.infer<typeof engineLoadSchema>;

/** One source and how many of its requests were refused. */
export const refusedSourceSchema = z.strictObject({ source: z.string().max(64), count: z.int().min(1) });
export type RefusedSource = z.infer<typeof refusedSourceSchema>;

export const engineAnswerSchema = z.union([
  z.strictObject({ id: z.int(), ok: z.literal(true), status: engineStatusSchema }),
  z.strictObject({ id: z.int(), ok: z.literal(true), metrics: engineMetricsSchema }),
  z.strictObject({ id: z.int(), ok: z.literal(true), load: engineLoadSchema }),
  z.strictObject({ id: z.int(), ok: z.literal(true), refusals: z.array(refusedSourceSchema).max(1000) }),
  z.strictObject({ id: z.int(), ok: z.literal(true) }),
  /** `isTransient`: the same request may succeed later (a worker did not answer, the disk is full); otherwise what was asked is wrong. */
  z.strictObject({ id: z.int(), ok: z.literal(false), code: z.string(), message: z.string(), isTransient: z.boolean().optional() }),
]);
export type EngineAnswer = z.infer<typeof engineAnswerSchema>;
