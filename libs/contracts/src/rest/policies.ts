import { z } from 'zod';
import { instantSchema, sha256Schema, uuidSchema } from '../primitives.js';
import { policyDocumentSchema, policyScopeSchema } from '../policy/inheritance.js';
import { settingsSchema } from '../policy/settings.js';
import { pageQuerySchema, revisionSchema } from './common.js';

/**
 * `GET /api/v1/policies` lists; `PUT /api/v1/policies/provider`, `/policies/tenants/:id`, `/policies/applications/:id` write a new
 * version (`?dryRun=true` only tells what would change); `GET …/versions` lists them; `POST …/revert` writes an old one anew.
 */
export const policyWriteSchema = z
  .strictObject({ document: policyDocumentSchema, comment: z.string().max(500).default('') })
  .meta({ id: 'PolicyWrite' });
export const policyRevertSchema = z
  .strictObject({ version: z.int().min(1), comment: z.string().max(500).default('') })
  .meta({ id: 'PolicyRevert' });
export const policyWriteQuerySchema = z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') });

export const policyVersionViewSchema = z
  .strictObject({
    scope: policyScopeSchema,
    /** Null for the provider's baseline. */
    tenantId: uuidSchema.nullable(),
    applicationId: uuidSchema.nullable(),
    version: z.int().min(1),
    digest: sha256Schema,
    document: policyDocumentSchema,
    comment: z.string(),
    createdAt: instantSchema,
    createdBy: z.string(),
    revision: revisionSchema,
  })
  .meta({ id: 'PolicyVersion' });
export type PolicyVersionView = z.infer<typeof policyVersionViewSchema>;

export const settingChangeSchema = z.strictObject({ path: z.string(), from: z.json(), to: z.json() });

/** Answer of a write or a dry run: what changes in the document, and whose effective settings change with it. */
export const policyWriteResultSchema = z
  .strictObject({
    dryRun: z.boolean(),
    policy: policyVersionViewSchema.nullable(),
    changes: z.array(settingChangeSchema),
    affected: z.array(z.strictObject({ applicationId: uuidSchema, name: z.string(), changes: z.array(settingChangeSchema) })),
  })
  .meta({ id: 'PolicyWriteResult' });
export type PolicyWriteResult = z.infer<typeof policyWriteResultSchema>;

/** `GET /api/v1/applications/:id/effective-policy` */
export const effectivePolicyViewSchema = z
  .strictObject({
    applicationId: uuidSchema,
    tenantId: uuidSchema,
    version: z.int().min(1),
    digest: sha256Schema,
    settings: settingsSchema,
    /** Which level each setting came from. */
    origin: z.record(z.string(), z.enum(['default', 'provider', 'tenant', 'application'])),
    locks: z.record(z.string(), policyScopeSchema),
    computedAt: instantSchema,
  })
  .meta({ id: 'EffectivePolicy' });
export type EffectivePolicyView = z.infer<typeof effectivePolicyViewSchema>;
export const policyQuerySchema = pageQuerySchema.extend({ tenantId: uuidSchema.optional(), scope: policyScopeSchema.optional() });
