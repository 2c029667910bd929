import { z } from 'zod';
import { blockedSchema, BOX_BLOCK_REASONS } from '../network/blocks.js';
import { instantSchema, uuidSchema } from '../primitives.js';
import { pageQuerySchema } from './common.js';

/**
 * `POST /api/v1/blocks`: blocks addresses on the boxes of one tenant (or of all tenants in which the caller may, with `tenantId` null), of one cluster
 * with `clusterId`. At most 50,000 at once; the same address again moves its expiry.
 */
export const blockCreateSchema = z
  .strictObject({
    tenantId: uuidSchema.nullable(),
    clusterId: uuidSchema.nullable().default(null),
    addresses: z.array(blockedSchema).min(1).max(50_000),
    reason: z.string().min(1).max(500),
    /** Seconds; null: until removed. */
    expiresInSeconds: z.int().min(1).max(31_536_000).nullable(),
  })
  .meta({ id: 'BlockCreate' });

/** Whether a box has the address in its kernel: read back, not assumed. */
export const blockProofSchema = z.strictObject({
  applianceId: uuidSchema,
  name: z.string(),
  state: z.enum(['pending', 'in-kernel', 'failed', 'offline', 'unable']),
  /** When the read-back that shows it was taken. */
  provenAt: instantSchema.nullable(),
  reason: z.string().nullable(),
});

/** `GET /api/v1/blocks`, `GET|DELETE /api/v1/blocks/:id`; `?origin=box` lists what boxes block by their own judgement. */
export const blockViewSchema = z
  .strictObject({
    id: uuidSchema,
    tenantId: uuidSchema,
    clusterId: uuidSchema.nullable(),
    origin: z.literal('operator'),
    address: z.string(),
    reason: z.string(),
    createdAt: instantSchema,
    createdBy: z.string(),
    expiresAt: instantSchema.nullable(),
    boxes: z.strictObject({ wanted: z.int(), proven: z.int() }),
  })
  .meta({ id: 'Block' });
export type BlockView = z.infer<typeof blockViewSchema>;

/** `GET /api/v1/blocks/:id/proof` */
export const blockProofViewSchema = z.strictObject({ blockId: uuidSchema, items: z.array(blockProofSchema) }).meta({ id: 'BlockProof' });
export type BlockProofView = z.infer<typeof blockProofViewSchema>;

/** `GET /api/v1/box-blocks`: what boxes refuse by their own judgement, from their last heartbeat. */
export const boxBlockViewSchema = z
  .strictObject({
    tenantId: uuidSchema,
    applianceId: uuidSchema,
    address: z.string(),
    reason: z.enum(BOX_BLOCK_REASONS),
    expiresAt: instantSchema.nullable(),
    packets: z.int(),
    reportedAt: instantSchema,
  })
  .meta({ id: 'BoxBlock' });
export type BoxBlockView = z.infer<typeof boxBlockViewSchema>;

/** `POST /api/v1/blocks/release`: lifts an address on every box of the tenant, also blocks that boxes made themselves, and keeps it free for so long. */
export const blockReleaseSchema = z
  .strictObject({
    tenantId: uuidSchema,
    address: blockedSchema,
    reason: z.string().min(1).max(500),
    forSeconds: z.int().min(60).max(31_536_000).default(3600),
  })
  .meta({ id: 'BlockRelease' });

/** `GET /api/v1/block-releases`: what must stay free now. */
export const blockReleaseViewSchema = z
  .strictObject({
    tenantId: uuidSchema,
    address: z.string(),
    reason: z.string(),
    createdAt: instantSchema,
    createdBy: z.string(),
    expiresAt: instantSchema,
  })
  .meta({ id: 'BlockReleased' });
export type BlockReleaseView = z.infer<typeof blockReleaseViewSchema>;
export const blockReleaseQuerySchema = pageQuerySchema.extend({ tenantId: uuidSchema.optional() });

export const blockCreateResultSchema = z
  .strictObject({ created: z.int(), updated: z.int(), ids: z.array(uuidSchema).max(50_000), boxes: z.int() })
  .meta({ id: 'BlockCreateResult' });
export const blockQuerySchema = pageQuerySchema.extend({
  tenantId: uuidSchema.optional(),
  clusterId: uuidSchema.optional(),
  address: z.string().min(1).max(100).optional().describe('an address (found also in blocked networks) or the beginning of one'),
});
export const boxBlockQuerySchema = pageQuerySchema.extend({ tenantId: uuidSchema.optional(), applianceId: uuidSchema.optional() });
