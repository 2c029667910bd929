import { z } from 'zod';
import { memberNetworkSchema, networkPolicySchema } from '../network/network-policy.js';
import { instantSchema, sha256Schema, uuidSchema } from '../primitives.js';
import { revisionSchema } from './common.js';
import { settingChangeSchema } from './policies.js';

/**
 * `GET|PUT|DELETE /api/v1/clusters/:id/network` (`?dryRun=true` only tells what would change), `GET …/network/versions`, `POST …/network/revert`.
 * A cluster without one has no `network` facet: its boxes filter nothing.
 */
export const networkWriteSchema = z
  .strictObject({
    policy: networkPolicySchema,
    /** The part of each member; members left out keep theirs. */
    members: z.array(z.strictObject({ applianceId: uuidSchema, network: memberNetworkSchema })).max(2),
    comment: z.string().max(500).default(''),
  })
  .meta({ id: 'NetworkWrite' });
export const networkWriteQuerySchema = z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') });
export const networkRevertSchema = z
  .strictObject({ version: z.int().min(1), comment: z.string().max(500).default('') })
  .meta({ id: 'NetworkRevert' });

export const networkVersionViewSchema = z
  .strictObject({
    clusterId: uuidSchema,
    tenantId: uuidSchema,
    version: z.int().min(1),
    digest: sha256Schema,
    policy: networkPolicySchema,
    members: z.array(z.strictObject({ applianceId: uuidSchema, network: memberNetworkSchema })),
    comment: z.string(),
    createdAt: instantSchema,
    createdBy: z.string(),
    revision: revisionSchema,
  })
  .meta({ id: 'NetworkVersion' });
export type NetworkVersionView = z.infer<typeof networkVersionViewSchema>;

/** A name that nothing defines, a rule that can never fit, a shadowed rule …: where, and how grave. */
export const networkFindingSchema = z.strictObject({ path: z.string(), severity: z.enum(['error', 'warning']), message: z.string() });
export type NetworkFinding = z.infer<typeof networkFindingSchema>;

export const networkWriteResultSchema = z
  .strictObject({
    dryRun: z.boolean(),
    network: networkVersionViewSchema.nullable(),
    changes: z.array(settingChangeSchema),
    findings: z.array(networkFindingSchema),
    /** Boxes that will change. */
    affected: z.array(z.strictObject({ applianceId: uuidSchema, name: z.string() })),
  })
  .meta({ id: 'NetworkWriteResult' });
export type NetworkWriteResult = z.infer<typeof networkWriteResultSchema>;

/**
 * `POST /api/v1/appliances/:id/drift` with what to do about a facet that drifted: `revert` has the box apply its desired state anew; `ignore`
 * silences exactly this difference (by digest) until it changes; `adopt` takes what was found as intended, where the facet can say it.
 */
export const driftDecisionSchema = z
  .strictObject({
    facet: z.enum(['policy', 'signatures', 'network', 'ha', 'patterns']),
    decision: z.enum(['revert', 'ignore', 'adopt']),
    /** The digest that was looked at: refused when the drift has changed since. */
    renderedDigest: sha256Schema.nullable(),
  })
  .meta({ id: 'DriftDecision' });
