import { z } from 'zod';
import { instantSchema, ipAddressSchema, networkSchema, uuidSchema } from '../primitives.js';

/** An address or network, IPv4 or IPv6. */
export const blockedSchema = z.union([ipAddressSchema, networkSchema]);

/** One address that the fleet refuses at the packet engine. */
export const addressBlockSchema = z.strictObject({
  address: blockedSchema,
  /** Null: until it is removed. */
  expiresAt: instantSchema.nullable(),
});
export type AddressBlock = z.infer<typeof addressBlockSchema>;

/** The most elements of one box's list. */
export const BLOCKS_MAX = 200_000;

/** The `patterns` facet's content: verdicts that the fleet shares. */
export const appliancePatternsSchema = z.strictObject({
  version: z.literal(1),
  applianceId: uuidSchema,
  tenantId: uuidSchema,
  /** Refused, sorted by address, without repetition. */
  blocks: z.array(addressBlockSchema).max(BLOCKS_MAX),
  /** What the box must never refuse by its own judgement (scans, floods, engine verdicts); a block of its own on one of these is lifted. */
  released: z.array(addressBlockSchema).max(10_000),
});
export type AppliancePatterns = z.infer<typeof appliancePatternsSchema>;

/** Why a box refuses an address by its own judgement. */
export const BOX_BLOCK_REASONS = ['scan', 'flood', 'payload', 'engine'] as const;

/** A block that a box made by itself. */
export const boxBlockSchema = z.strictObject({
  address: blockedSchema,
  reason: z.enum(BOX_BLOCK_REASONS),
  expiresAt: instantSchema.nullable(),
  packets: z.int().nonnegative(),
});
export type BoxBlock = z.infer<typeof boxBlockSchema>;
